package io.higuma.identity.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.higuma.model.wire.Bytes;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;

/// Issues and checks tokens: JWT, RS256, with the serial number of the key as `kid` (contract 8).
public final class Tokens {

    private static final Duration BACKDATED = Duration.ofSeconds(5);
    private static final int LONGEST = 16 << 10;
    /// What ids of keys and names of meshes look like; nothing else of a token is repeated in messages.
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]{0,62}");

    private final KeySource keys;
    private final InstantSource clock;

    public Tokens(KeySource keys, InstantSource clock) {
        this.keys = keys;
        this.clock = clock;
    }

    /// The serial number of the newest key: it signs. Empty if there is none.
    public Optional<Integer> newestKey(TokenKind kind) {
        String prefix = kind.keyPrefix();
        return keys.names(kind.mesh(), prefix).stream()
                .flatMap(name -> serial(name, prefix).stream())
                .max(Integer::compare);
    }

    private static Optional<Integer> serial(String name, String prefix) {
        if (name.equals(prefix)) {
            return Optional.of(0);
        }
        String rest = name.substring(prefix.length());
        return rest.matches("-[1-9][0-9]{0,8}") ? Optional.of(Integer.parseInt(rest.substring(1))) : Optional.empty();
    }

    /// A new token.
    ///
    /// @throws TokenException if there is no key to sign with
    public String issue(TokenKind kind, Claims claims, Duration validFor) throws TokenException {
        Optional<Integer> serial = newestKey(kind);
        if (serial.isEmpty()) {
            throw missing(kind, "1");
        }
        String kid = serial.get().toString();
        return sign(key(kind, kid), kid, claims, validFor, clock.instant());
    }

    /// A token signed with a key that the control plane need not know: offline issuing.
    public static String sign(SigningKey key, String kid, Claims claims, Duration validFor, Instant now) {
        JWTClaimsSet.Builder set = new JWTClaimsSet.Builder().serializeNullClaims(true);
        claims.json().forEach(set::claim);
        set.jwtID(UUID.randomUUID().toString())
                .issueTime(Date.from(now.minus(BACKDATED)))
                .notBeforeTime(Date.from(now.minus(BACKDATED)))
                .expirationTime(Date.from(now.plus(validFor)));
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .keyID(kid)
                        .type(JOSEObjectType.JWT)
                        .build(),
                set.build());
        try {
            token.sign(new RSASSASigner(key.privateKey()));
        } catch (JOSEException e) {
            throw new IllegalStateException("a key we parsed signs", e);
        }
        return token.serialize();
    }

    /// Checks a user token.
    public Claims.User user(String token) throws TokenException {
        Map<String, Object> claims = verify(new TokenKind.User(), token);
        return new Claims.User(text(claims, "Name"), list(claims, "Groups"));
    }

    /// Checks a zone token.
    public Claims.Zone zone(String token) throws TokenException {
        Map<String, Object> claims = verify(new TokenKind.Zone(), token);
        return new Claims.Zone(text(claims, "Zone"), list(claims, "Scope"));
    }

    /// Checks a dataplane token against the keys of the mesh its proxy says it is in.
    public Claims.Dataplane dataplane(String mesh, String token) throws TokenException {
        Map<String, Object> claims = verify(new TokenKind.Dataplane(mesh), token);
        SortedMap<String, List<String>> tags = new TreeMap<>();
        if (claims.get("Tags") instanceof Map<?, ?> given) {
            given.forEach((key, values) -> tags.put(
                    String.valueOf(key),
                    values instanceof List<?> items
                            ? items.stream().map(String::valueOf).toList()
                            : List.of()));
        }
        return new Claims.Dataplane(
                text(claims, "Name"), text(claims, "Mesh"), tags, text(claims, "Type"), text(claims, "Workload"));
    }

    private Map<String, Object> verify(TokenKind kind, String token) throws TokenException {
        SignedJWT jwt;
        JWTClaimsSet claims;
        try {
            if (token.length() > LONGEST) {
                throw new ParseException("too long", LONGEST);
            }
            jwt = SignedJWT.parse(token);
            claims = jwt.getJWTClaimsSet();
        } catch (ParseException | IllegalArgumentException e) {
            throw new TokenException("could not parse token", false);
        }
        if (!jwt.getHeader().getAlgorithm().equals(JWSAlgorithm.RS256)) {
            throw new TokenException(
                    "unsupported token alg " + jwt.getHeader().getAlgorithm() + ". Allowed algorithm is RS256", false);
        }
        String kid = jwt.getHeader().getKeyID();
        if (kid == null || kid.isEmpty()) {
            throw new TokenException("JWT token must have kid header", false);
        }
        if (!NAME.matcher(kid).matches()) {
            throw new TokenException("could not parse token: its kid header is no id of a key", false);
        }
        try {
            if (!jwt.verify(new RSASSAVerifier(key(kind, kid).publicKey()))) {
                throw new TokenException("could not parse token: the signature does not fit key " + kid, false);
            }
        } catch (JOSEException e) {
            throw new TokenException("could not parse token: the signature cannot be checked", false);
        } catch (TokenException e) {
            throw new TokenException(e.getMessage() + otherwise(kind, claims), e.keyMissing());
        }
        checkTime(claims);
        checkRevoked(kind, claims);
        return claims.getClaims();
    }

    /// What a token says of itself that explains why no key fits. Nobody has vouched for that, so
    /// it only serves to tell the holder.
    private static String otherwise(TokenKind kind, JWTClaimsSet claims) {
        Map<String, Object> said = claims.getClaims();
        String is = said.containsKey("Groups")
                ? "user"
                : said.containsKey("Scope") ? "zone" : said.containsKey("Workload") ? "dataplane" : "";
        String wanted = switch (kind) {
            case TokenKind.User user -> "user";
            case TokenKind.Zone zone -> "zone";
            case TokenKind.Dataplane dataplane -> "dataplane";
        };
        if (!is.isEmpty() && !is.equals(wanted)) {
            return ". It is a " + is + " token, and a " + wanted + " token is needed";
        }
        return kind.mesh()
                .filter(mesh -> !mesh.equals(said.get("Mesh"))
                        && NAME.matcher(text(said, "Mesh")).matches())
                .map(mesh -> ". The token is for mesh \"" + text(said, "Mesh") + "\", not for \"" + mesh + "\"")
                .orElse("");
    }

    private void checkTime(JWTClaimsSet claims) throws TokenException {
        Instant now = clock.instant();
        Date end = claims.getExpirationTime();
        if (end != null && !now.isBefore(end.toInstant())) {
            throw new TokenException("token is expired since " + end.toInstant() + here(now), false);
        }
        Date begin = claims.getNotBeforeTime();
        if (begin != null && now.isBefore(begin.toInstant())) {
            throw new TokenException(
                    "token is not yet valid: 'valid_from' date is in the future. Check if the system clock on the"
                            + " instance that issued the token is set correctly: it is valid from "
                            + begin.toInstant() + here(now),
                    false);
        }
    }

    private static String here(Instant now) {
        return "; the control plane's clock says " + now.truncatedTo(ChronoUnit.SECONDS);
    }

    private void checkRevoked(TokenKind kind, JWTClaimsSet claims) throws TokenException {
        Optional<Bytes> list = keys.secret(Optional.empty(), kind.revocations());
        if (list.isEmpty() || claims.getJWTID() == null) {
            return;
        }
        String text = new String(list.get().array(), StandardCharsets.UTF_8).strip();
        if (Arrays.asList(text.split(",", -1)).contains(claims.getJWTID())) {
            throw new TokenException("token is revoked", false);
        }
    }

    private SigningKey key(TokenKind kind, String kid) throws TokenException {
        Optional<Bytes> content = keys.secret(kind.mesh(), kind.keySecret(kid));
        if (content.isEmpty()) {
            throw missing(kind, kid);
        }
        try {
            return SigningKey.parse(content.get());
        } catch (IllegalArgumentException e) {
            throw new TokenException("signing key " + kid + " cannot be read: " + e.getMessage(), true);
        }
    }

    private static TokenException missing(TokenKind kind, String kid) {
        String where = kind.mesh()
                .map(mesh -> "Secret of name \"" + kind.keySecret(kid) + "\" in mesh \"" + mesh + "\"")
                .orElse("GlobalSecret of name \"" + kind.keySecret(kid) + "\"");
        return new TokenException(
                "there is no signing key with KID " + kid + ". " + where
                        + " is not found. If signing key was rotated, regenerate the token",
                true);
    }

    private static String text(Map<String, Object> claims, String key) {
        return claims.get(key) instanceof String value ? value : "";
    }

    private static List<String> list(Map<String, Object> claims, String key) {
        return claims.get(key) instanceof List<?> items
                ? items.stream().map(String::valueOf).toList()
                : List.of();
    }
}
