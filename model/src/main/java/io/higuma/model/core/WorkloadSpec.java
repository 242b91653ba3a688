package io.higuma.model.core;

import io.higuma.model.Spec;
import io.higuma.model.annotation.Doc;

/// A workload: all dataplanes with one `kuma.io/workload` label (contract 1.6). It has no fields of its own.
@Doc("All dataplanes that carry one `kuma.io/workload` label.")
public record WorkloadSpec() implements Spec {}
