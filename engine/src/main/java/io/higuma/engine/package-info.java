/// The engine: one loop that turns what is stored into what proxies hold (design 4.1).
///
/// ```
/// store events ─┐
/// xDS sessions ─┼─▶ MeshLoop ─▶ MeshDelta ─▶ Affected ─▶ IdentityDesk, Transitions, Generator ─▶ EngineState
/// timers ───────┘   (1 thread)                                                                      │
/// published
///                        ▲                                                                          ▼
///                        └── offered, acknowledged, refused ◀── ProxyStream ◀── Planner ◀── Mailbox per proxy
/// ```
///
/// Configuration is a pure function of an immutable [EngineState]; [Planner] is that function.
/// Endpoints take the short way: one ClusterLoadAssignment is rebuilt and its subscribers get it,
/// without any plan. [Transitions] moves services from plaintext to mutual TLS and back without a
/// lost request; [Announcement] keeps endpoints from callers until their own Envoy listens; [Wave]
/// and [Receipts] know who runs which revision.
@NullMarked
package io.higuma.engine;

import org.jspecify.annotations.NullMarked;
