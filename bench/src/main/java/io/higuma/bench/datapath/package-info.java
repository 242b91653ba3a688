/// `./dev bench datapath`: what Envoy under our configuration costs a request, against Envoy under a hand-written
/// minimal configuration and against no proxy, in one run on one machine.
///
/// ```
/// DataPathCommand ─▶ Lab: network namespaces, one router, two hosts for each Way
///        ├─────────▶ Paths: services, our control plane, files
///        ├─────────▶ Started: Peer load (client's host) ─▶ [Envoy ─ mutual TLS ─ Envoy] ─▶ Peer serve (server's host)
///        ▼
///     Round after round, every Way in turn ─▶ Results: the rounds of a start together, and ratios of starts
/// ```
@NullMarked
package io.higuma.bench.datapath;

import org.jspecify.annotations.NullMarked;
