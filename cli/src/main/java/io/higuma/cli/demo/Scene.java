package io.higuma.cli.demo;

import java.io.IOException;

/// One step of the story: what it promises, and how that is tried.
interface Scene {

    Step step(Shop shop);

    /// Does what the step says and looks at what real requests experience.
    Step.Observation play(Shop shop) throws IOException, InterruptedException;
}
