package io.higuma.model.core;

import io.higuma.model.annotation.Doc;
import io.higuma.model.annotation.JsonName;
import io.higuma.model.annotation.Required;
import java.util.Optional;

/// Where a secret value comes from (contract 1.4).
public record SecureDataSource(
        @Required @Doc("Which of the sources below is used.")
        Type type,

        @Doc("A file on the control plane's host.") Optional<File> file,
        @Doc("A Secret of the mesh.") Optional<SecretRef> secretRef,

        @Doc("An environment variable of the control plane.")
        Optional<EnvVar> envVar,

        @Doc("The value itself, readable by anyone who may read the resource.")
        Optional<InsecureInline> insecureInline) {

    public enum Type {
        @JsonName("File")
        FILE,
        @JsonName("Secret")
        SECRET,
        @JsonName("EnvVar")
        ENV_VAR,
        @JsonName("InsecureInline")
        INSECURE_INLINE
    }

    public record File(@Required @Doc("Absolute path.") String path) {}

    public record SecretRef(
            @Required @Doc("Secret.") String kind,
            @Required @Doc("Name of the Secret.") String name) {}

    public record EnvVar(
            @Required @Doc("Name of the variable.") String name) {}

    public record InsecureInline(
            @Required @Doc("The value.") String value) {

        @Override
        public String toString() {
            return "[redacted]";
        }
    }
}
