package io.higuma.model.core;

import io.higuma.model.Status;
import io.higuma.model.annotation.Doc;

/// How many proxies a workload has (contract 1.6).
public record WorkloadStatus(
        @Doc("Counts of the workload's proxies.") DataplaneProxies dataplaneProxies) implements Status {}
