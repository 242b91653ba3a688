package io.higuma.model.core;

import io.higuma.model.Spec;
import io.higuma.model.annotation.Doc;
import io.higuma.model.wire.Bytes;

/// A secret of a mesh or of the control plane (contract 1.5).
@Doc("Bytes that only administrators may read.")
public record SecretSpec(
        @Doc("The secret's bytes; base64 in JSON and YAML.") Bytes data) implements Spec {

    @Override
    public String toString() {
        return "[redacted]";
    }
}
