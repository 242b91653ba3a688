/// The higuma command: verbs over the REST API of a control plane.
///
/// ```
///   Main ── Program (verbs, options, exit codes) ──▶ one class per verb
///                                                        │
///              document: YAML with places                │   client: REST over JDK HttpClient
///              output: tables, YAML, JSON   ◀────────────┴──▶ control plane
/// ```
///
/// `cp` and `dp` are programs of their own: the launcher script starts them without coming by here, so that neither
/// pays for the other's class path.
@NullMarked
package io.higuma.cli;

import org.jspecify.annotations.NullMarked;
