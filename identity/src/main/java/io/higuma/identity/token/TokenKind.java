package io.higuma.identity.token;

import java.util.Optional;

/// The three kinds of tokens, and where their keys are kept (contract 8.1).
public sealed interface TokenKind {

    /// The name of the secret that holds a signing key; without serial number for key 0, which is older than
    /// numbers.
    default String keySecret(String kid) {
        return kid.equals("0") ? keyPrefix() : keyPrefix() + "-" + kid;
    }

    String keyPrefix();

    /// The name of the GlobalSecret that lists the ids of revoked tokens.
    String revocations();

    /// The mesh whose Secrets hold the keys; empty where GlobalSecrets do.
    Optional<String> mesh();

    record User() implements TokenKind {
        @Override
        public String keyPrefix() {
            return "user-token-signing-key";
        }

        @Override
        public String revocations() {
            return "user-token-revocations";
        }

        @Override
        public Optional<String> mesh() {
            return Optional.empty();
        }
    }

    record Zone() implements TokenKind {
        @Override
        public String keyPrefix() {
            return "zone-token-signing-key";
        }

        @Override
        public String revocations() {
            return "zone-token-revocations";
        }

        @Override
        public Optional<String> mesh() {
            return Optional.empty();
        }
    }

    record Dataplane(String ofMesh) implements TokenKind {
        @Override
        public String keyPrefix() {
            return "dataplane-token-signing-key-" + ofMesh;
        }

        @Override
        public String revocations() {
            return "dataplane-token-revocations-" + ofMesh;
        }

        @Override
        public Optional<String> mesh() {
            return Optional.of(ofMesh);
        }
    }
}
