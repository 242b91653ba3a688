package io.higuma.api.auth;

import io.higuma.api.http.ApiException;
import io.higuma.identity.token.Claims;
import io.higuma.identity.token.TokenException;
import io.higuma.identity.token.Tokens;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds out who makes a request (contract 3.8).
public final class Authentication {

    private static final Logger log = LoggerFactory.getLogger(Authentication.class);
    private static final String BEARER = "Bearer ";
    private static final Pattern LOOPBACK_HOST =
            Pattern.compile("(localhost|127(\\.[0-9]{1,3}){3}|\\[::1])(:[0-9]{1,5})?");

    /// What is known of a request before it is looked at.
    ///
    /// @param loopback whether it came over the loopback interface
    /// @param host the `Host` header; empty if there is none
    /// @param forwarded whether any header says that a proxy stands between
    /// @param site the `Sec-Fetch-Site` header
    /// @param origin the `Origin` header
    /// @param authorization the `Authorization` headers
    public record Approach(
            boolean loopback,
            String host,
            boolean forwarded,
            Optional<String> site,
            Optional<String> origin,
            List<String> authorization) {

        public Approach {
            authorization = List.copyOf(authorization);
        }

        /// Never shows the credential.
        @Override
        public String toString() {
            return host + (loopback ? " over loopback" : "");
        }
    }

    private final Tokens tokens;
    private final boolean localhostIsAdmin;

    public Authentication(Tokens tokens, boolean localhostIsAdmin) {
        this.tokens = tokens;
        this.localhostIsAdmin = localhostIsAdmin;
    }

    /// @throws ApiException 401 for a token that is not accepted, or for more than one header that could hold it
    public Principal identify(Approach approach) {
        if (localhostIsAdmin && direct(approach)) {
            return Principal.ADMIN;
        }
        if (approach.authorization().size() > 1) {
            // Who stands between might have looked at the other one.
            throw refused("more than one authorization header");
        }
        Optional<String> token = approach.authorization().stream()
                .filter(value -> value.startsWith(BEARER))
                .map(value -> value.substring(BEARER.length()))
                .findFirst();
        return token.isEmpty() ? Principal.ANONYMOUS : user(token.get());
    }

    private Principal user(String token) {
        try {
            Claims.User claims = tokens.user(token);
            return new Principal(claims.name(), claims.groups()).authenticated();
        } catch (TokenException e) {
            throw refused(String.valueOf(e.getMessage()));
        }
    }

    /// Begins with the contract's word; the reason is ours.
    private static ApiException refused(String reason) {
        log.atInfo().addKeyValue("reason", reason).log("a user token was refused");
        return ApiException.of(401, "Invalid authentication data", "Unauthenticated: " + reason);
    }

    /// Whether the request was made on this host, by a program and not by a page of somebody else's.
    static boolean direct(Approach approach) {
        String host = approach.host().toLowerCase(Locale.ROOT);
        return approach.loopback()
                && LOOPBACK_HOST.matcher(host).matches()
                && !approach.forwarded()
                && approach.site()
                        .filter(site -> !site.equals("same-origin") && !site.equals("none"))
                        .isEmpty()
                && approach.origin()
                        .filter(origin -> !origin.equals("http://" + host) && !origin.equals("https://" + host))
                        .isEmpty();
    }
}
