package io.higuma.bench.report;

import io.higuma.bench.load.Workload;

/// What the measurements of one run have in common.
///
/// @param at when it began, in ISO 8601
/// @param product what the control plane calls itself, with its version
/// @param machine processors, memory, kernel, JDK
/// @param load the 1-minute load average before the run: how much others disturbed it
/// @param remarks whatever makes this run different from shipped defaults
public record RunInfo(String at, String product, String machine, double load, Workload workload, String remarks) {}
