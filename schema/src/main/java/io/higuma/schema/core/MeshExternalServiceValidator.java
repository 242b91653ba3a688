package io.higuma.schema.core;

import io.higuma.model.Names;
import io.higuma.model.Problems;
import io.higuma.model.VirtualAddresses;
import io.higuma.model.core.MeshExternalServiceSpec;
import io.higuma.model.core.SecureDataSource;
import java.util.Optional;

/// MeshExternalService, contract 1.6.
final class MeshExternalServiceValidator {

    private MeshExternalServiceValidator() {}

    static void validate(MeshExternalServiceSpec spec, Problems problems) {
        spec.extension()
                .filter(extension -> extension.type().isEmpty())
                .ifPresent(extension -> problems.add("spec.extension.type", "must not be empty"));
        if (spec.extension().isEmpty()) {
            for (int i = 0; i < spec.endpoints().size(); i++) {
                MeshExternalServiceSpec.Endpoint endpoint = spec.endpoints().get(i);
                String path = "spec.endpoints[" + i + "]";
                if (!isHost(endpoint.address())) {
                    problems.add(path + ".address", "address has to be a valid IP or hostname");
                }
            }
            spec.tls().flatMap(MeshExternalServiceSpec.Tls::version).ifPresent(range -> versions(range, problems));
        }
        spec.tls()
                .flatMap(MeshExternalServiceSpec.Tls::verification)
                .ifPresent(given -> verification(given, spec.extension().isEmpty(), problems));
    }

    private static boolean isHost(String address) {
        return VirtualAddresses.value(address).isPresent()
                || address.matches("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")
                || (Names.subdomain(address).isEmpty() && !address.matches("[0-9.]+"));
    }

    private static void versions(MeshExternalServiceSpec.VersionRange range, Problems problems) {
        boolean given = range.min() != MeshExternalServiceSpec.TlsVersion.AUTO
                && range.max() != MeshExternalServiceSpec.TlsVersion.AUTO;
        if (given && range.min().compareTo(range.max()) > 0) {
            problems.add("spec.tls.version.min", "min version must be lower than max");
        }
    }

    private static void verification(MeshExternalServiceSpec.Verification given, boolean complete, Problems problems) {
        String path = "spec.tls.verification";
        if (complete) {
            given.serverName()
                    .filter(name -> !Names.subdomain(name).isEmpty())
                    .ifPresent(name -> problems.add(path + ".serverName", "must be a valid DNS name"));
            if (given.clientCert().isPresent() && given.clientKey().isEmpty()) {
                problems.add(path + ".clientKey", "must be defined when clientCert is defined");
            }
            if (given.clientKey().isPresent() && given.clientCert().isEmpty()) {
                problems.add(path + ".clientCert", "must be defined when clientKey is defined");
            }
        }
        source(path + ".caCert", given.caCert(), problems);
        source(path + ".clientCert", given.clientCert(), problems);
        source(path + ".clientKey", given.clientKey(), problems);
    }

    /// The host of a control plane is nothing that the author of a service may read.
    private static void source(String path, Optional<SecureDataSource> source, Problems problems) {
        source.ifPresent(given -> {
            switch (given.type()) {
                case FILE -> problems.add(path + ".type", "File must be one of: Secret, InsecureInline");
                case ENV_VAR -> problems.add(path + ".type", "EnvVar must be one of: Secret, InsecureInline");
                case SECRET, INSECURE_INLINE -> DataSources.check(path, given, problems);
            }
        });
    }
}
