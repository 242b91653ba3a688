/// MeshTLS: whether plaintext is accepted, and which versions and ciphers of TLS.
///
/// Chooses the filter chains of inbound listeners (strict: mutual TLS only; permissive: plaintext too) and sets
/// `CommonTlsContext.tls_params` of both ends. Without a policy inbounds are strict once the proxy has an
/// identity.
@NullMarked
package io.higuma.policies.tls;

import org.jspecify.annotations.NullMarked;
