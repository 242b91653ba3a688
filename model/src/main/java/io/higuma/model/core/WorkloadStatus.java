package io.higuma.model.core;

import io.higuma.model.Status;
import io.higuma.model.annotation.Doc;
import java.util.Optional;

/// How many proxies a workload has (contract 1.6).
public record WorkloadStatus(
        @Doc("Counts of the workload's proxies.") Optional<DataplaneProxies> dataplaneProxies) implements Status {}
