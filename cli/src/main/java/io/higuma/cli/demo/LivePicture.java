package io.higuma.cli.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The shop in characters, with requests running through it and counted, until the person has seen enough.
final class LivePicture {

    private static final long REDRAW_MILLIS = 500;
    private static final long PLAIN_REDRAW_MILLIS = 10_000;

    private final Shop shop;
    private final Screen screen;

    LivePicture(Shop shop, Screen screen) {
        this.shop = shop;
        this.screen = screen;
    }

    /// Runs until the process is interrupted.
    ///
    /// @param moving whether the picture can be drawn over itself
    void run(boolean moving) throws InterruptedException {
        commands().forEach(screen::say);
        try (Traffic carts = Traffic.start(10, () -> shop.call("web-1", "/via/cart/"));
                Traffic pays = Traffic.start(10, () -> shop.call("cart-1", "/via/payments/"));
                Traffic browses = Traffic.start(10, () -> shop.call("web-1", "/via/catalog/"));
                Traffic steals = Traffic.start(5, () -> shop.call("intruder-1", "/via/payments/"))) {
            boolean again = false;
            while (true) {
                screen.redraw(picture(carts, pays, browses, steals), again);
                again = true;
                TimeUnit.MILLISECONDS.sleep(moving ? REDRAW_MILLIS : PLAIN_REDRAW_MILLIS);
            }
        }
    }

    private List<String> picture(Traffic carts, Traffic pays, Traffic browses, Traffic steals) {
        String arrow = "──────────▶ ";
        return List.of(
                "",
                "    web ─┬" + arrow + "cart " + arrow + "payments ◀─────────── intruder",
                "         │" + counts(carts, 17) + counts(pays, 21) + "     " + counts(steals, 20),
                "         └" + arrow + "catalog",
                "          " + counts(browses, 20),
                "");
    }

    /// `12 ok 3 no`, as wide as its place in the picture: colour has no width.
    private String counts(Traffic traffic, int width) {
        String good = traffic.good() + " ok";
        String bad = traffic.bad() == 0 ? "" : " " + traffic.bad() + " no";
        int rest = Math.max(1, width - good.length() - bad.length());
        return screen.good(good) + screen.bad(bad) + " ".repeat(rest);
    }

    private List<String> commands() {
        List<String> lines = new ArrayList<>(List.of(
                "",
                "The shop stays up until Ctrl-C. In another terminal:",
                "",
                "    export HIGUMA_API_ADDRESS=" + shop.apiAddress(),
                "    higuma get dataplanes",
                "    higuma get meshtrafficpermissions",
                "    higuma delete meshtrafficpermission cart-may-pay     # watch cart → payments turn red",
                "    higuma apply -f " + shop.folder().resolve("cart-may-pay.yaml") + "        # and green again",
                "    higuma apply -f " + shop.folder().resolve("guest.yaml") + "               # let the intruder in",
                "    higuma inspect dataplane payments-1                  # what its Envoy runs"));
        lines.add("");
        return lines;
    }
}
