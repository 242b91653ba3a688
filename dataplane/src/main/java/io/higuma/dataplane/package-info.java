/// The sidecar launcher: fetches the bootstrap, writes it, becomes Envoy.
///
/// ```
///   RunCommand ─▶ envoy.EnvoyBinary      which Envoy, is it young enough
///              ─▶ bootstrap.Identity     the dataplane, its token
///              ─▶ bootstrap.Bootstrap    POST /bootstrap until there is an answer
///              ─▶ agent.AgentProcess     a DNS server beside Envoy, with `--agent` only
///              ─▶ tproxy.Redirection     rules that lead traffic here, with `--transparent-proxy`
///              ─▶ sys.ProcessImage       execve: from here on this process is Envoy
/// ```
@NullMarked
package io.higuma.dataplane;

import org.jspecify.annotations.NullMarked;
