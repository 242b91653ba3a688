package io.higuma.controlplane.config;

import io.higuma.model.Problem;
import java.util.List;
import java.util.stream.Collectors;

/// A configuration that cannot be started with. The message lists everything that is wrong, one line each.
public final class ConfigException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ConfigException(List<Problem> problems) {
        super(problems.stream().map(p -> p.path() + ": " + p.message()).collect(Collectors.joining("\n")));
    }
}
