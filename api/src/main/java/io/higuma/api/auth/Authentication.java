package io.higuma.api.auth;

import io.higuma.api.http.ApiException;
import io.higuma.identity.token.Claims;
import io.higuma.identity.token.TokenException;
import io.higuma.identity.token.Tokens;
import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds out who asks (contract 3.8): a direct call from this host is the administrator, a bearer token is
/// its user,
/// everything else is anonymous.
public final class Authentication {

    private static final Logger log = LoggerFactory.getLogger(Authentication.class);
    private static final String BEARER = "Bearer ";
    private static final Set<String> FORWARDED = Set.of("forwarded", "x-forwarded-for", "x-real-ip");
    private static final Set<String> OWN_SITE = Set.of("same-origin", "none");

    private final Tokens tokens;
    private final boolean localhostIsAdmin;

    public Authentication(Tokens tokens, boolean localhostIsAdmin) {
        this.tokens = tokens;
        this.localhostIsAdmin = localhostIsAdmin;
    }

    /// @param headers by their names in lower case
    /// @throws ApiException 401 if a token is given and not accepted
    public Principal authenticate(InetAddress remote, Map<String, String> headers) {
        if (localhostIsAdmin && isDirectFromThisHost(remote, headers)) {
            return Principal.ADMIN;
        }
        String authorization = headers.getOrDefault("authorization", "");
        if (!authorization.startsWith(BEARER)) {
            return Principal.ANONYMOUS;
        }
        try {
            Claims.User user =
                    tokens.user(authorization.substring(BEARER.length()).strip());
            List<String> groups = new ArrayList<>(user.groups());
            groups.add("mesh-system:authenticated");
            return new Principal(user.name(), groups);
        } catch (TokenException e) {
            log.atInfo().addKeyValue("reason", e.getMessage()).log("a user token was refused");
            throw new ApiException(401, "Invalid authentication data", "Unauthenticated");
        }
    }

    /// A browser page of another origin, or a proxy in front, is not "this host", whatever the socket says.
    private static boolean isDirectFromThisHost(InetAddress remote, Map<String, String> headers) {
        return remote.isLoopbackAddress()
                && isLoopbackName(host(headers.getOrDefault("host", "")))
                && FORWARDED.stream().noneMatch(headers::containsKey)
                && OWN_SITE.contains(headers.getOrDefault("sec-fetch-site", "none"))
                && isSameOrigin(headers);
    }

    private static boolean isSameOrigin(Map<String, String> headers) {
        String origin = headers.get("origin");
        if (origin == null) {
            return true;
        }
        try {
            return URI.create(origin).getAuthority() != null
                    && URI.create(origin).getAuthority().equals(headers.get("host"));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String host(String header) {
        if (header.startsWith("[")) {
            int end = header.indexOf(']');
            return end < 0 ? "" : header.substring(1, end);
        }
        int colon = header.indexOf(':');
        return colon < 0 ? header : header.substring(0, colon);
    }

    private static boolean isLoopbackName(String host) {
        if (host.toLowerCase(Locale.ROOT).equals("localhost")) {
            return true;
        }
        try {
            return InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
