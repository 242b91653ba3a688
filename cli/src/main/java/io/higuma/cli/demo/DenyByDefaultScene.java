package io.higuma.cli.demo;

import java.time.Duration;
import java.util.List;

/// (b) Nothing is allowed until somebody allows it.
final class DenyByDefaultScene implements Scene {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    @Override
    public Step step(Shop shop) {
        return new Step(
                "deny-by-default",
                "Deny by default, then allow exactly cart → payments",
                List.of(
                        "higuma delete meshtrafficpermission everybody",
                        Policies.CART_MAY_PAY,
                        "higuma apply -f cart-may-pay.yaml"),
                "without a permission everybody gets 403; with it cart reaches payments and the intruder still gets 403 with a reason");
    }

    @Override
    public Step.Observation play(Shop shop) throws InterruptedException {
        Notes notes = new Notes();
        shop.delete("meshtrafficpermission", "everybody");
        Duration denied = Await.until(LIMIT, () -> status(shop, "cart-1") == 403);
        notes.check(
                denied.compareTo(LIMIT) <= 0,
                "no permission: cart → payments " + Words.of(shop.call("cart-1", "/via/payments/")) + " after "
                        + denied.toMillis() + " ms");
        shop.apply(Policies.CART_MAY_PAY);
        Duration allowed = Await.until(LIMIT, () -> status(shop, "cart-1") == 200);
        Call cart = shop.call("cart-1", "/via/payments/");
        Call intruder = shop.call("intruder-1", "/via/payments/");
        notes.check(cart.ok(), "allowed: cart → payments " + Words.of(cart) + " after " + allowed.toMillis() + " ms");
        notes.check(
                intruder.status() == 403 && intruder.body().contains("RBAC"),
                "intruder → payments " + Words.of(intruder));
        return notes.observation();
    }

    private static int status(Shop shop, String caller) {
        try {
            return shop.call(caller, "/via/payments/").status();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }
}
