/// The agent of `dp run --agent`: a DNS server beside Envoy, for hosts whose every question is captured.
///
/// ```
///   question ─▶ Datagrams · Streams ─▶ Query ─▶ Answers ── a name of the mesh ─▶ Reply
///                                                  │  ▲
///                                                  │  EnvoyNames ◀─ GET /dns, over Envoy's Unix socket
///                                                  └─ any other ─▶ Upstream ─▶ the host's resolvers, unchanged
/// ```
///
/// `Query`, `Answers`, `Records` and `ResolvConf` are pure. Where the agent stands and who starts it again: ADR 032.
@NullMarked
package io.higuma.dataplane.agent;

import org.jspecify.annotations.NullMarked;
