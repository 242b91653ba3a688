package io.higuma.dataplane.bootstrap;

import java.util.List;

/// What became of one request for a bootstrap.
public sealed interface Attempt {

    /// @param bootstrap Envoy's configuration, YAML
    /// @param warnings sentences for the author of the Dataplane
    @SuppressWarnings("ArrayRecordComponent") // written to a file and forgotten
    record Given(byte[] bootstrap, List<String> warnings) implements Attempt {}

    /// Trying again would change nothing.
    ///
    /// @param message one sentence or more for the person
    /// @param exitCode see `docs/cli.md`
    record Refused(String message, int exitCode) implements Attempt {}

    /// It may work later.
    ///
    /// @param message one sentence; the same message twice in a row is told once
    record Later(String message) implements Attempt {}
}
