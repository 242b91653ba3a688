package io.higuma.api.token;

import io.higuma.api.auth.Access;
import io.higuma.api.auth.Access.Right;
import io.higuma.api.http.ApiException;
import io.higuma.api.http.ApiRequest;
import io.higuma.api.http.ApiResponse;
import io.higuma.api.http.Handler;
import io.higuma.api.http.Router;
import io.higuma.identity.token.Claims;
import io.higuma.identity.token.TokenException;
import io.higuma.identity.token.TokenKind;
import io.higuma.identity.token.Tokens;
import io.higuma.model.GoDuration;
import io.higuma.model.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `POST /tokens/{dataplane,user,zone}`: JSON in, a token as text out (contract 3.9).
public final class TokenRoutes {

    private static final Logger audit = LoggerFactory.getLogger("higuma.audit");
    private static final Duration TEN_YEARS = Duration.ofHours(24 * 365 * 10);
    private static final String DATAPLANE = "dataplane";

    private final Tokens tokens;
    private final Access access;
    private final Issuers issuers;

    /// Which kinds of tokens this control plane issues.
    public record Issuers(boolean dataplane, boolean user, boolean zone) {}

    public TokenRoutes(Tokens tokens, Access access, Issuers issuers) {
        this.tokens = tokens;
        this.access = access;
        this.issuers = issuers;
    }

    public void addTo(Router.Builder routes) {
        routes.post("/tokens/dataplane", issuers.dataplane() ? reading(this::dataplane) : TokenRoutes::disabled);
        routes.post("/tokens/user", issuers.user() ? reading(this::user) : TokenRoutes::disabled);
        routes.post("/tokens/zone", issuers.zone() ? reading(this::zone) : TokenRoutes::disabled);
    }

    private static ApiResponse disabled(ApiRequest request) {
        throw ApiException.of(400, "Could not issue a token", "issuing tokens using the control plane is disabled.");
    }

    /// A kind of token asked for, with the request around it.
    private record Asked(ApiRequest request, TokenRequest body) {}

    /// A body that cannot be read is answered without one, as the contract does.
    private static Handler reading(Function<Asked, ApiResponse> issue) {
        return request -> {
            Optional<TokenRequest> body = TokenRequest.read(request.body());
            return body.isEmpty() ? ApiResponse.empty(400) : issue.apply(new Asked(request, body.get()));
        };
    }

    private ApiResponse dataplane(Asked asked) {
        TokenRequest body = asked.body();
        List<Problem> problems = new ArrayList<>();
        if (body.mesh().isEmpty()) {
            problems.add(new Problem("mesh", "cannot be empty"));
        }
        Duration validity = validity(body, problems).orElse(TEN_YEARS);
        if (!body.type().isEmpty() && !body.type().equals(DATAPLANE)) {
            problems.add(new Problem("type", body.type() + " is not a valid proxy type"));
        }
        refuse(problems);
        access.require(Right.GENERATE_DATAPLANE_TOKEN, asked.request().principal(), "generate dataplane token");
        return issue(
                asked,
                new TokenKind.Dataplane(body.mesh()),
                new Claims.Dataplane(body.name(), body.mesh(), body.tags(), body.type(), body.workload()),
                validity);
    }

    private ApiResponse user(Asked asked) {
        if (!access.allows(Right.GENERATE_USER_TOKEN, asked.request().principal())) {
            throw ApiException.of(403, "Access Denied", "action not allowed");
        }
        TokenRequest body = asked.body();
        List<Problem> problems = new ArrayList<>();
        if (body.name().isEmpty()) {
            problems.add(new Problem("name", "cannot be empty"));
        }
        if (body.validFor().isEmpty()) {
            problems.add(new Problem("validFor", "cannot be empty"));
        }
        Optional<Duration> validity = validity(body, problems);
        if (validity.filter(Duration::isZero).isPresent()) {
            problems.add(new Problem("validFor", "cannot be empty or nil"));
        }
        refuse(problems);
        return issue(asked, new TokenKind.User(), new Claims.User(body.name(), body.groups()), validity.orElseThrow());
    }

    private ApiResponse zone(Asked asked) {
        TokenRequest body = asked.body();
        access.require(
                Right.GENERATE_ZONE_TOKEN,
                asked.request().principal(),
                "generate zone token for zone '" + body.zone() + "'");
        List<Problem> problems = new ArrayList<>();
        Duration validity = validity(body, problems).orElse(TEN_YEARS);
        refuse(problems);
        return issue(asked, new TokenKind.Zone(), new Claims.Zone(body.zone(), body.scope()), validity);
    }

    private static Optional<Duration> validity(TokenRequest body, List<Problem> problems) {
        if (body.validFor().isEmpty()) {
            return Optional.empty();
        }
        Optional<Duration> parsed = GoDuration.parse(body.validFor());
        if (parsed.isEmpty()) {
            problems.add(new Problem("validFor", "is invalid: time: invalid duration \"" + body.validFor() + "\""));
        }
        return parsed;
    }

    private static void refuse(List<Problem> problems) {
        if (!problems.isEmpty()) {
            throw ApiException.invalid("Invalid request", problems);
        }
    }

    private ApiResponse issue(Asked asked, TokenKind kind, Claims claims, Duration validity) {
        try {
            String token = tokens.issue(kind, claims, validity);
            audit.atInfo()
                    .addKeyValue("verb", "issue")
                    .addKeyValue("kind", kind.getClass().getSimpleName() + "Token")
                    .addKeyValue("mesh", kind.mesh().orElse(""))
                    .addKeyValue("user", asked.request().principal().name())
                    .log("token issued");
            return ApiResponse.text(200, "text/plain", token);
        } catch (TokenException e) {
            throw e.keyMissing()
                    ? ApiException.of(404, "Signing Key not found", String.valueOf(e.getMessage()))
                    : ApiException.of(500, "Could not issue a token", "Internal Server Error");
        }
    }
}
