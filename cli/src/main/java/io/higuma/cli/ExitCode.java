package io.higuma.cli;

/// The exit codes of every verb, documented in `docs/cli.md`.
public final class ExitCode {

    public static final int OK = 0;
    /// The control plane, or the check before it, refused what was asked.
    public static final int REFUSED = 1;
    /// The command line itself was wrong.
    public static final int USAGE = 2;
    /// Something the machine should have is missing: a file, a JDK, Envoy.
    public static final int ENVIRONMENT = 3;
    /// No control plane could be reached.
    public static final int UNREACHABLE = 4;
    /// Some documents were applied and some refused.
    public static final int PARTLY = 5;

    /// `--wait`: some proxies refuse what was written, or nothing can be made for them.
    public static final int PROXIES_REFUSE = 6;
    /// `--wait`: some proxies have not answered in time.
    public static final int NOT_IN_TIME = 7;

    private ExitCode() {}
}
