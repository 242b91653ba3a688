/// `./dev bench`: a load generator that is a client of the public contract and nothing else, so that it drives any
/// Kuma-compatible control plane.
///
/// ```
/// Main ─▶ Runner: Target (ours as a process, or another) ◀─ Rest, Bootstrap      load: Workload ─▶ Documents
///            │ Session                              ◀─ Fleet (TLS, delta ADS)    wire
///            ▼
///         Operation O1…O13 ─▶ Measurement ─▶ Screen, JsonLines, ReportPage
/// ```
@NullMarked
package io.higuma.bench;

import org.jspecify.annotations.NullMarked;
