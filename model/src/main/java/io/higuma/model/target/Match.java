package io.higuma.model.target;

import io.higuma.model.annotation.Doc;
import io.higuma.model.annotation.JsonName;
import io.higuma.model.annotation.Required;
import java.util.Optional;

/// Callers and the names they ask for (contract 1.4). Both conditions must hold where both are given; an empty match
/// is every caller.
public record Match(
        @Doc("The caller's SPIFFE id.") Optional<SpiffeIdMatch> spiffeID,
        @Doc("The server name the caller asks for.") Optional<SniMatch> sni) {

    public record SpiffeIdMatch(
            @Required @Doc("Exact or Prefix.") SpiffeIdMatchType type,
            @Required @Doc("A SPIFFE id.") String value) {}

    public enum SpiffeIdMatchType {
        @JsonName("Exact")
        EXACT,
        @JsonName("Prefix")
        PREFIX
    }

    public record SniMatch(
            @Required @Doc("Exact, the only kind.") SniMatchType type,
            @Required @Doc("A server name.") String value) {}

    public enum SniMatchType {
        @JsonName("Exact")
        EXACT
    }
}
