/// Transparent proxying: an application's traffic goes through Envoy without the application knowing.
///
/// ```
///   Settings (file < environment < flags) ─▶ TransparentProxyConfig ─▶ Rules ─▶ RuleSet      values, pure
///                                                                               │
///                                     IptablesText · NftText  ◀─────────────────┘           text, pure
///   Redirection ─▶ IptablesFilter · NftFilter ─▶ iptables-restore · nft -f                  the edge
///   Verification ─▶ real connections and real DNS questions                                 the proof
/// ```
///
/// What is captured and why stands in `docs/guides/vm-transparent-proxy.md`; the choice of tools in ADR 030.
@NullMarked
package io.higuma.dataplane.tproxy;

import org.jspecify.annotations.NullMarked;
