package io.higuma.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.identity.token.Claims;
import io.higuma.identity.token.SigningKey;
import io.higuma.identity.token.TokenException;
import io.higuma.identity.token.TokenKind;
import io.higuma.identity.token.Tokens;
import io.higuma.model.core.SecretSpec;
import io.higuma.model.wire.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/// Who may do what (contract 3.8). A request that a proxy handed on is not a direct one: it has to show a token.
class AccessTest {

    private static final String[] FROM_ELSEWHERE = {"x-forwarded-for", "192.0.2.7"};
    private static final String SECRET = "{'type':'Secret','mesh':'default','name':'s','data':'aGVsbG8='}";
    private static final String MESH = "{'type':'Mesh','name':'m'}";

    private static RestPlane plane;
    private static Instant morning;

    @BeforeAll
    static void start() {
        plane = new RestPlane();
        morning = plane.now.get();
    }

    @AfterAll
    static void stop() {
        plane.close();
    }

    /// Every story begins with one signing key, nothing revoked and no secret.
    @BeforeEach
    void asItWas() {
        plane.now.set(morning);
        plane.secret("", "user-token-signing-key-1", Optional.of(new SecretSpec(RestPlane.KEY.pem())));
        plane.secret("", "user-token-signing-key-2", Optional.empty());
        plane.secret("", "user-token-revocations", Optional.empty());
        plane.secret("default", "s", Optional.empty());
        plane.delete("/meshes/m");
    }

    private static String[] with(String token) {
        return new String[] {"x-forwarded-for", "192.0.2.7", "authorization", "Bearer " + token};
    }

    private static String token(String name, String... groups) throws TokenException {
        return plane.tokens.issue(new TokenKind.User(), new Claims.User(name, List.of(groups)), Duration.ofHours(1));
    }

    private static String claim(String token, String name) {
        byte[] payload = Base64.getUrlDecoder().decode(token.split("\\.")[1]);
        return JsonMapper.shared().readTree(payload).path(name).toString().replace("\"", "");
    }

    @Test
    void aDirectCallFromThisHostIsTheAdministrators() {
        RestPlane.Answer answer = plane.get("/who-am-i");

        assertThat(answer.at("/name")).isEqualTo("mesh-system:admin");
        assertThat(answer.at("/groups")).isEqualTo("[\"mesh-system:admin\",\"mesh-system:authenticated\"]");
        assertThat(plane.put("/meshes/default/secrets/s", SECRET).status()).isEqualTo(201);
    }

    @ParameterizedTest
    @CsvSource({
        "x-forwarded-for, 127.0.0.1",
        "x-real-ip, 127.0.0.1",
        "forwarded, for=127.0.0.1",
        "sec-fetch-site, cross-site",
        "origin, https://evil.example"
    })
    void aCallThatCameOverSomethingElseIsNot(String header, String value) {
        assertThat(plane.get("/who-am-i", header, value).at("/name")).isEqualTo("mesh-system:anonymous");
        assertThat(plane.put("/meshes/m", MESH, header, value).status()).isEqualTo(403);
        assertThat(plane.get("/meshes/m").status()).isEqualTo(404);
    }

    @Test
    void nobodyReadsOrWritesSecretsWithoutBeingAnAdministrator() throws Exception {
        plane.put("/meshes/default/secrets/s", SECRET);
        String ann = token("ann", "team-a");

        for (String path : List.of(
                "/meshes/default/secrets",
                "/secrets",
                "/meshes/default/secrets/s",
                "/meshes/default/secrets/missing",
                "/globalsecrets",
                "/global-secrets",
                "/globalsecrets/user-token-signing-key-1",
                "/global-secrets/user-token-signing-key-1")) {
            for (String[] headers : List.of(FROM_ELSEWHERE, with(ann))) {
                RestPlane.Answer answer = plane.get(path, headers);

                assertThat(answer.status()).as(path).isEqualTo(403);
                assertThat(answer.at("/title")).isEqualTo("Access Denied");
                assertThat(answer.text()).doesNotContain("aGVsbG8").doesNotContain("PRIVATE");
            }
        }
        assertThat(plane.put("/meshes/default/secrets/s", SECRET, with(ann)).status())
                .isEqualTo(403);
        assertThat(plane.delete("/meshes/default/secrets/s", with(ann)).status())
                .isEqualTo(403);
        assertThat(plane.get("/meshes/default/secrets/s").at("/data")).isEqualTo("aGVsbG8=");
    }

    @Test
    void theRefusalNamesTheUserAndWhatWasWanted() throws Exception {
        RestPlane.Answer answer = plane.get("/meshes/default/secrets", with(token("ann", "team-a")));

        assertThat(answer.at("/detail"))
                .isEqualTo(
                        "user \"ann/team-a,mesh-system:authenticated\" cannot access the resource of type \"Secret\"");
    }

    @Test
    void aUserMayWriteWhatIsNoSecret() throws Exception {
        String ann = token("ann");

        assertThat(plane.put("/meshes/m", MESH, with(ann)).status()).isEqualTo(201);
        assertThat(plane.get("/meshes/m", with(ann)).status()).isEqualTo(200);
        assertThat(plane.delete("/meshes/m", with(ann)).status()).isEqualTo(200);
    }

    @Test
    void theAdministratorsTokenOpensEverything() throws Exception {
        String admin = token("mesh-system:admin", "mesh-system:admin");

        assertThat(plane.put("/meshes/default/secrets/s", SECRET, with(admin)).status())
                .isEqualTo(201);
        assertThat(plane.get("/globalsecrets", with(admin)).status()).isEqualTo(200);
        assertThat(plane.post("/tokens/dataplane", "{'mesh':'default'}", with(admin))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aSecretWithAWrongNameIsWrongBeforeItIsForbidden() {
        String other = SECRET.replace("'name':'s'", "'name':'t'");

        assertThat(plane.put("/meshes/default/secrets/s", other, FROM_ELSEWHERE).status())
                .isEqualTo(400);
    }

    private void assertRefused(String token, String reason) {
        for (String path : List.of("/meshes", "/who-am-i", "/nowhere")) {
            RestPlane.Answer answer = plane.get(path, with(token));
            assertThat(answer.status()).as(path).isEqualTo(401);
            assertThat(answer.at("/title")).isEqualTo("Invalid authentication data");
            assertThat(answer.at("/detail")).startsWith("Unauthenticated: ").contains(reason);
            assertThat(answer.text()).doesNotContain(token);
        }
    }

    @Test
    void twoTokensAreOneTooMany() throws Exception {
        RestPlane.Answer answer = plane.get(
                "/meshes",
                "x-forwarded-for",
                "192.0.2.7",
                "authorization",
                "Bearer " + token("ann"),
                "authorization",
                "Bearer " + token("ben"));

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.at("/detail")).isEqualTo("Unauthenticated: more than one authorization header");
    }

    @Test
    void whatThisIsIsToldToThoseWithABadTokenToo() {
        RestPlane.Answer answer = plane.get("/", with("x"));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.at("/product")).isEqualTo("Kuma");
    }

    @Test
    void aTokenEnds() throws Exception {
        String ann = token("ann");
        assertThat(plane.get("/meshes", with(ann)).status()).isEqualTo(200);

        plane.now.updateAndGet(now -> now.plus(Duration.ofHours(1)));

        assertRefused(ann, "token is expired since");
    }

    @Test
    void aTokenOfAClockThatIsAheadIsNotValidYet() throws Exception {
        String ann = Tokens.sign(
                RestPlane.KEY,
                "1",
                new Claims.User("ann", List.of()),
                Duration.ofHours(1),
                plane.now.get().plus(Duration.ofMinutes(10)));

        assertRefused(ann, "token is not yet valid");
    }

    @Test
    void aRevokedTokenIsRefusedAndOthersAreNot() throws Exception {
        String ann = token("ann");
        String ben = token("ben");
        plane.secret(
                "",
                "user-token-revocations",
                Optional.of(new SecretSpec(Bytes.wrap(claim(ann, "jti").getBytes(StandardCharsets.US_ASCII)))));

        assertRefused(ann, "token is revoked");
        assertThat(plane.get("/who-am-i", with(ben)).at("/name")).isEqualTo("ben");
    }

    @Test
    void aTokenOfARemovedKeyIsRefusedAndOneOfTheNewKeyIsNot() throws Exception {
        String ann = token("ann");
        plane.secret(
                "",
                "user-token-signing-key-2",
                Optional.of(
                        new SecretSpec(SigningKey.generate(new SecureRandom()).pem())));
        String ben = token("ben");
        assertThat(plane.get("/meshes", with(ann)).status()).isEqualTo(200);

        plane.secret("", "user-token-signing-key-1", Optional.empty());

        assertRefused(ann, "there is no signing key with KID 1");
        assertThat(plane.get("/who-am-i", with(ben)).at("/name")).isEqualTo("ben");
    }

    @Test
    void aTokenOfAnotherKindOrOfNobodyIsNoUserToken() throws Exception {
        String dataplane = plane.tokens.issue(
                new TokenKind.Dataplane("default"),
                new Claims.Dataplane("a", "default", new TreeMap<>(), "", ""),
                Duration.ofHours(1));
        String stranger = Tokens.sign(
                SigningKey.generate(new SecureRandom()),
                "1",
                new Claims.User("mesh-system:admin", List.of("mesh-system:admin")),
                Duration.ofHours(1),
                plane.now.get());

        assertRefused(stranger, "the signature does not fit key 1");
        assertRefused("not.a.token", "could not parse token");
        assertRefused("x", "could not parse token");
        // The keys are the same in this test, so only the claims differ: nobody, and no administrator.
        assertThat(plane.get("/globalsecrets", with(dataplane)).status()).isEqualTo(403);
    }

    @Test
    void tokensAreIssuedToAdministratorsOnly() throws Exception {
        String ann = token("ann");
        for (String[] who : List.of(FROM_ELSEWHERE, with(ann))) {
            assertThat(plane.post("/tokens/dataplane", "{'mesh':'default'}", who)
                            .status())
                    .isEqualTo(403);
            assertThat(plane.post("/tokens/user", "{'name':'x','validFor':'1h'}", who)
                            .status())
                    .isEqualTo(403);
            assertThat(plane.post("/tokens/zone", "{'zone':'east','scope':['cp'],'validFor':'1h'}", who)
                            .status())
                    .isEqualTo(403);
        }
    }

    @Test
    void issuedTokensSayWhatWasAskedFor() throws Exception {
        RestPlane.Answer dataplane = plane.post(
                "/tokens/dataplane",
                "{'mesh':'default','name':'web','tags':{'app':['b','a']},'workload':'shop','validFor':'24h'}");
        RestPlane.Answer zone = plane.post("/tokens/zone", "{'zone':'east','scope':['cp'],'validFor':'1h'}");
        RestPlane.Answer user = plane.post("/tokens/user", "{'name':'ann','groups':['g'],'validFor':'1h'}");

        assertThat(dataplane.contentType()).isEqualTo("text/plain");
        assertThat(plane.tokens.dataplane("default", dataplane.text()).tags()).containsEntry("app", List.of("a", "b"));
        assertThat(plane.tokens.dataplane("default", dataplane.text()).workload())
                .isEqualTo("shop");
        assertThat(plane.tokens.zone(zone.text())).isEqualTo(new Claims.Zone("east", List.of("cp")));
        assertThat(plane.get("/who-am-i", with(user.text())).at("/groups"))
                .isEqualTo("[\"g\",\"mesh-system:authenticated\"]");
    }

    @Test
    void aMeshWithoutAKeySaysSo() {
        RestPlane.Answer answer = plane.post("/tokens/dataplane", "{'mesh':'none'}");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.at("/title")).isEqualTo("Signing Key not found");
    }

    @Test
    void aTokenThatCannotBeMadeSaysEverythingThatIsWrong() {
        RestPlane.Answer answer = plane.post("/tokens/dataplane", "{'type':'bogus','validFor':'soon'}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.at("/title")).isEqualTo("Invalid request");
        assertThat(answer.json()
                        .path("invalid_parameters")
                        .valueStream()
                        .map(p -> p.path("field").asString() + ": "
                                + p.path("reason").asString()))
                .containsExactly(
                        "mesh: cannot be empty",
                        "validFor: is invalid: time: invalid duration \"soon\"",
                        "type: bogus is not a valid proxy type");
        assertThat(plane.post("/tokens/user", "{").status()).isEqualTo(400);
    }
}
