package io.higuma.model.core;

import io.higuma.model.Spec;
import io.higuma.model.annotation.Doc;

/// A value the control plane keeps for itself, such as `kuma-cluster-id` (contract 1.5). No REST path leads to it.
@Doc("A value the control plane keeps for itself.")
public record ConfigSpec(@Doc("The value.") String config) implements Spec {}
