package io.higuma.model.core;

import io.higuma.model.Spec;
import io.higuma.model.annotation.Doc;
import java.util.List;

/// A mesh: a group of services that trust each other's identities and share policies (contract 1.5).
@Doc("A group of services that trust each other's identities and share policies.")
public record MeshSpec(
        @Doc("Types of the default policies that are not made when the mesh is created, or `*` for none at all.")
        List<String> skipCreatingInitialPolicies)
        implements Spec {

    public MeshSpec {
        skipCreatingInitialPolicies = List.copyOf(skipCreatingInitialPolicies);
    }
}
