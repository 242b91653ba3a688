package io.higuma.e2e;

import static io.higuma.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.cli.Verbs;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands of `docs/guides/canary.md`, in their order, and what they are said to do.
class CanaryGuideTest {

    @TempDir
    private Path folder;

    @Test
    void theGuideDoesWhatItSays() throws Exception {
        try (TestMesh mesh = TestMesh.start(folder)) {
            Canary canary = new Canary(mesh, List.of("v1", "v2"), false);
            Guide guide = Guide.read("canary.md");
            guide.writeTo(folder);
            List<String> commands =
                    guide.commands().stream().map(Guide.Typed::text).toList();
            assertThat(commands).hasSize(7);

            higuma(mesh, commands.get(0));
            higuma(mesh, commands.get(1));
            eventually("a tenth", () -> {
                Map<String, Integer> counts = canary.tally(300);
                return counts.getOrDefault("cart-v2", 0) > 5 && counts.getOrDefault("cart-v2", 0) < 75;
            });
            assertThat(shell(canary, commands.get(2))).contains("service: cart-v1");
            higuma(mesh, commands.get(3));
            eventually("half", () -> {
                Map<String, Integer> counts = canary.tally(300);
                return counts.getOrDefault("cart-v2", 0) > 100 && counts.getOrDefault("cart-v2", 0) < 200;
            });
            higuma(mesh, commands.get(4));
            eventually("all", () -> canary.tally(50).keySet().equals(java.util.Set.of("cart-v2")));
            higuma(mesh, commands.get(5));
            eventually("both again", () -> canary.tally(50).size() == 2);
            higuma(mesh, commands.get(6));
            eventually("v1 for everybody", () -> canary.tally(50).keySet().equals(java.util.Set.of("cart-v1")));
            assertThat(asTester(canary)).contains("service: cart-v2");
        }
    }

    private void higuma(TestMesh mesh, String command) {
        String[] arguments = command.substring("higuma ".length()).split(" ");
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = arguments[i].endsWith(".yaml")
                    ? folder.resolve(arguments[i]).toString()
                    : arguments[i];
        }
        Verbs.Result result = Verbs.run(
                Map.of("HIGUMA_API_ADDRESS", "http://127.0.0.1:" + mesh.plane().api()),
                folder,
                InstantSource.system(),
                "",
                arguments);
        assertThat(result.exitCode())
                .as("%s: %s%s", command, result.out(), result.err())
                .isZero();
    }

    private static String shell(Canary canary, String command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", command).redirectErrorStream(true);
        builder.environment().put("CART", canary.url("/"));
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(out).isZero();
        return out;
    }

    private static String asTester(Canary canary) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(canary.url("/")))
                    .header("x-tester", "yes")
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }
}
