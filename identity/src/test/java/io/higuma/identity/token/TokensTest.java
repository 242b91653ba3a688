package io.higuma.identity.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.higuma.model.Labels;
import io.higuma.model.wire.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TokensTest {

    private static final SigningKey FIRST = SigningKey.generate(new SecureRandom());
    private static final SigningKey SECOND = SigningKey.generate(new SecureRandom());
    private static final Claims.Dataplane WEB =
            new Claims.Dataplane("web-1", "default", new TreeMap<>(), "dataplane", "");
    private static final TokenKind DATAPLANE = new TokenKind.Dataplane("default");

    private final Map<String, Bytes> secrets = new HashMap<>();
    private Instant now = Instant.parse("2026-03-01T00:00:00Z");
    private final Tokens tokens = new Tokens(
            new KeySource() {
                @Override
                public Optional<Bytes> secret(Optional<String> mesh, String name) {
                    return Optional.ofNullable(secrets.get(mesh.orElse("") + "/" + name));
                }

                @Override
                public List<String> names(Optional<String> mesh, String prefix) {
                    String start = mesh.orElse("") + "/";
                    return secrets.keySet().stream()
                            .filter(key -> key.startsWith(start + prefix))
                            .map(key -> key.substring(start.length()))
                            .toList();
                }
            },
            (InstantSource) () -> now);

    @BeforeEach
    void oneKey() {
        secrets.put("default/dataplane-token-signing-key-default-1", FIRST.pem());
    }

    @Test
    void aTokenSaysWhatItWasIssuedFor() throws Exception {
        String token = tokens.issue(DATAPLANE, WEB, Duration.ofHours(1));

        assertThat(tokens.dataplane("default", token)).isEqualTo(WEB);
        String header = new String(Base64.getUrlDecoder().decode(token.split("\\.")[0]), StandardCharsets.UTF_8);
        assertThat(header).contains("\"RS256\"").contains("\"kid\":\"1\"");
        String claims = new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), StandardCharsets.UTF_8);
        assertThat(claims).contains("\"Name\":\"web-1\"", "\"Tags\":{}", "\"Workload\":\"\"", "\"jti\":");
    }

    @Test
    void anExpiredTokenIsRefused() throws Exception {
        String token = tokens.issue(DATAPLANE, WEB, Duration.ofHours(1));
        now = now.plus(Duration.ofHours(2));

        refused(
                token,
                "token is expired since 2026-03-01T01:00:00Z; the control plane's clock says 2026-03-01T02:00:00Z");
    }

    @Test
    void aTokenOfAFastClockSaysSo() throws Exception {
        now = now.plus(Duration.ofMinutes(10));
        String token = tokens.issue(DATAPLANE, WEB, Duration.ofHours(1));
        now = now.minus(Duration.ofMinutes(10));

        refused(
                token,
                "Check if the system clock on the instance that issued the token is set correctly: it is valid from"
                        + " 2026-03-01T00:09:55Z; the control plane's clock says 2026-03-01T00:00:00Z");
    }

    @Test
    void theNewestKeySignsAndOldOnesStillVerifyUntilTheyAreRemoved() throws Exception {
        String old = tokens.issue(DATAPLANE, WEB, Duration.ofHours(1));
        secrets.put("default/dataplane-token-signing-key-default-2", SECOND.pem());

        assertThat(tokens.newestKey(DATAPLANE)).contains(2);
        assertThat(tokens.dataplane("default", old)).isEqualTo(WEB);
        assertThat(tokens.dataplane("default", tokens.issue(DATAPLANE, WEB, Duration.ofHours(1))))
                .isEqualTo(WEB);

        secrets.remove("default/dataplane-token-signing-key-default-1");
        refused(old, "there is no signing key with KID 1");
    }

    @Test
    void aSecretThatOnlyLooksLikeAKeyDoesNotSign() throws Exception {
        secrets.put("default/dataplane-token-signing-key-default-02", SECOND.pem());
        secrets.put("default/dataplane-token-signing-key-default-x", SECOND.pem());

        assertThat(tokens.newestKey(DATAPLANE)).contains(1);
        assertThat(tokens.dataplane("default", tokens.issue(DATAPLANE, WEB, Duration.ofHours(1))))
                .isEqualTo(WEB);
    }

    @Test
    void absentListsAreWrittenAsNull() throws Exception {
        Claims.User nobodys = new Claims.User("ann", List.of());
        secrets.put("/user-token-signing-key-1", FIRST.pem());

        String token = tokens.issue(new TokenKind.User(), nobodys, Duration.ofHours(1));

        assertThat(new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), StandardCharsets.UTF_8))
                .contains("\"Groups\":null");
        assertThat(tokens.user(token)).isEqualTo(nobodys);
    }

    @Test
    void aTokenOfAnotherMeshFindsNoKey() throws Exception {
        String token = tokens.issue(DATAPLANE, WEB, Duration.ofHours(1));

        assertThatThrownBy(() -> tokens.dataplane("other", token))
                .isInstanceOf(TokenException.class)
                .hasMessageContaining("in mesh \"other\"");
    }

    @Test
    void aTokenOfAnotherMeshThatHasAKeyOfThatNumberSaysWhichMeshItIsFor() throws Exception {
        String token = tokens.issue(DATAPLANE, WEB, Duration.ofHours(1));
        secrets.put("other/dataplane-token-signing-key-other-1", SECOND.pem());

        assertThatThrownBy(() -> tokens.dataplane("other", token))
                .isInstanceOf(TokenException.class)
                .hasMessage("could not parse token: the signature does not fit key 1."
                        + " The token is for mesh \"default\", not for \"other\"");
    }

    @Test
    void aTokenOfAnotherKindSaysSo() throws Exception {
        secrets.put("/user-token-signing-key-1", SECOND.pem());
        String users = tokens.issue(new TokenKind.User(), new Claims.User("ann", List.of()), Duration.ofHours(1));
        String dataplanes = tokens.issue(DATAPLANE, WEB, Duration.ofHours(1));

        refused(users, "does not fit key 1. It is a user token, and a dataplane token is needed");
        assertThatThrownBy(() -> tokens.user(dataplanes))
                .hasMessageContaining("It is a dataplane token, and a user token is needed");
    }

    @Test
    void whatIsNoIdOfAKeyIsNotRepeated() {
        for (String kid : List.of("1\n12:00:00 INFO a line of my own", "k".repeat(64), "../1", " 1")) {
            String token = Tokens.sign(FIRST, kid, WEB, Duration.ofHours(1), now);

            assertThatThrownBy(() -> tokens.dataplane("default", token))
                    .hasMessage("could not parse token: its kid header is no id of a key");
        }
    }

    @Test
    void aTokenForAZoneProxyLetsNoDataplaneIn() {
        Claims.Dataplane ingress = new Claims.Dataplane("", "default", new TreeMap<>(), "ingress", "");

        assertThat(DataplaneTokenCheck.problem(ingress, "default", "web-1", Labels.NONE, false))
                .contains("proxy type from requestor: dataplane is different than in token: ingress");
    }

    @Test
    void aRevokedTokenIsRefused() throws Exception {
        String token = tokens.issue(DATAPLANE, WEB, Duration.ofHours(1));
        String claims = new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), StandardCharsets.UTF_8);
        String id = claims.replaceAll(".*\"jti\":\"([^\"]+)\".*", "$1");
        secrets.put(
                "/dataplane-token-revocations-default",
                Bytes.wrap(("other," + id + "\n").getBytes(StandardCharsets.UTF_8)));

        refused(token, "revoked");
    }

    @Test
    void aTokenThatWasChangedIsRefused() throws Exception {
        String[] parts = tokens.issue(DATAPLANE, WEB, Duration.ofHours(1)).split("\\.");
        String forged = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"Name\":\"root\",\"Mesh\":\"default\"}".getBytes(StandardCharsets.UTF_8));

        refused(parts[0] + "." + forged + "." + parts[2], "could not parse token");
    }

    @Test
    void rubbishIsRefusedAndNeverRepeated() {
        Random random = new Random(11);
        for (int i = 0; i < 500; i++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            String rubbish = new String(bytes, StandardCharsets.ISO_8859_1)
                    + (i % 2 == 0 ? "." + i + "." : "eyJhbGciOiJub25lIn0.e30.");
            assertThatThrownBy(() -> tokens.dataplane("default", rubbish)).isInstanceOf(TokenException.class);
        }
    }

    @Test
    void aKeyIsTheSameAfterStoring() {
        assertThat(SigningKey.parse(FIRST.pem())).isEqualTo(FIRST);
        assertThat(FIRST.toString()).isEqualTo("[redacted]");
        assertThat(new String(FIRST.pem().array(), StandardCharsets.US_ASCII))
                .startsWith("-----BEGIN RSA PRIVATE KEY-----");
    }

    @Test
    void aTokenBoundToAWorkloadIsForThatWorkloadOnly() {
        Claims.Dataplane bound = new Claims.Dataplane("", "default", new TreeMap<>(), "dataplane", "web");
        Labels web = Labels.of(Map.of("kuma.io/workload", "web"));
        Labels cart = Labels.of(Map.of("kuma.io/workload", "cart"));

        assertThat(DataplaneTokenCheck.problem(bound, "default", "x", web, true))
                .isEmpty();
        assertThat(DataplaneTokenCheck.problem(bound, "default", "x", cart, true))
                .hasValueSatisfying(text -> assertThat(text).contains("\"cart\" is not allowed with this token"));
        assertThat(DataplaneTokenCheck.problem(WEB, "default", "web-1", web, true))
                .hasValueSatisfying(text -> assertThat(text).contains("requires a workload-bound token"));
        assertThat(DataplaneTokenCheck.problem(WEB, "default", "web-2", web, false))
                .hasValueSatisfying(text -> assertThat(text).startsWith("proxy name from requestor: web-2"));
    }

    private void refused(String token, String reason) {
        assertThatThrownBy(() -> tokens.dataplane("default", token))
                .isInstanceOf(TokenException.class)
                .hasMessageContaining(reason)
                .hasMessageNotContaining(token);
    }
}
