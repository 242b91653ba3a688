/// Everything a control plane knows at one revision, as a value, and the way from one revision to the next.
///
/// ```
/// MeshSnapshot ── meshes ──▶ MeshImage ── resources by type and name
///      ▲                              └── MeshIndexes: who is selected by, who calls, who selects
///      │ apply(): parts that nothing touched are the same reference
/// MeshDelta ◀── upsert · delete · resync
/// ```
///
/// Insights are not part of it: what proxies report lives in a version space of its own and causes nothing.
@NullMarked
package io.higuma.model.snapshot;

import org.jspecify.annotations.NullMarked;
