package io.higuma.cli.demo;

import io.higuma.cli.Failure;
import io.higuma.cli.client.RefusedException;
import io.higuma.cli.client.UnreachableException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// The steps in their order; each stands on what the ones before have done.
final class Story {

    private Story() {}

    private static List<Scene> scenes(Screen screen) throws InterruptedException {
        List<Scene> scenes = new ArrayList<>(List.of(
                new MutualTlsScene(),
                new DenyByDefaultScene(),
                new FlipScene(),
                new TimeoutScene(),
                new CanaryScene(screen),
                new ControlPlaneDiesScene(),
                new SidecarDiesScene(),
                new SecondMeshScene()));
        if (NamesScene.possible()) {
            scenes.add(new NamesScene());
        } else {
            screen.say("left out: calls by name, which need root, iproute2 and nftables or iptables");
        }
        return scenes;
    }

    /// Plays all of it; a step that breaks off is a broken promise, and the story goes on.
    static List<Step.Outcome> tell(Shop shop, Screen screen) throws InterruptedException {
        List<Step.Outcome> outcomes = new ArrayList<>();
        for (Scene scene : scenes(screen)) {
            Step step = scene.step(shop);
            screen.announce(outcomes.size(), step);
            long begin = System.nanoTime();
            Step.Observation observation = play(scene, shop);
            Step.Outcome outcome = new Step.Outcome(step, observation, (System.nanoTime() - begin) / 1_000_000);
            screen.tell(outcome);
            outcomes.add(outcome);
        }
        return outcomes;
    }

    private static Step.Observation play(Scene scene, Shop shop) throws InterruptedException {
        try {
            return scene.play(shop);
        } catch (IOException | Failure | RefusedException | UnreachableException e) {
            return new Step.Observation(false, List.of("broke off: " + e.getMessage()));
        }
    }
}
