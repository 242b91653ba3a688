package io.higuma.e2e;

import static io.higuma.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.MetricRecorder;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.internal.ObjectPool;
import io.grpc.xds.InternalSharedXdsClientPoolProvider;
import io.grpc.xds.client.XdsClient;
import io.grpc.xds.client.XdsResourceType;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A second opinion on state-of-the-world ADS: grpc-java's own xDS client, written by others, reads clusters and
/// endpoints from our control plane.
///
/// A channel for `xds:///…` is out of reach: it asks for a listener with an `api_listener`, and
/// ours are for Envoy, with sockets. So the client beneath such a channel is used as it is, and told
/// what to watch.
class GrpcXdsOracleTest {

    private static final String CLUSTER = "kri_msvc_default_default__cart_8080";

    private static final String CALLING =
            "{address: 127.0.0.3, outbound: [{port: 10001, backendRef: {kind: MeshService, name: cart, port: 8080}}]}";

    @TempDir
    private Path folder;

    @Test
    void grpcsXdsClientHearsWhatComesAndWhatGoes() throws Exception {
        try (TestMesh mesh = TestMesh.start(folder)) {
            String cart = TestMesh.nextAddress();
            mesh.sidecar(
                    "default", "cart-1", "cart", "{address: " + cart + ", inbound: [{port: 8080, servicePort: 1}]}");
            eventually(
                    "cart is a service",
                    () -> mesh.get("/meshes/default/meshservices/cart").contains("8080"));
            mesh.apply(
                    TestMesh.document(
                            "default",
                            "web-1",
                            "web",
                            "{address: 127.0.0.3, outbound: [{port: 10001, backendRef: {kind: MeshService, name: cart, port: 8080}}]}"));
            InternalSharedXdsClientPoolProvider.setDefaultProviderBootstrapOverride(Map.of(
                    "xds_servers",
                    List.of(Map.of(
                            "server_uri",
                            "localhost:" + mesh.plane().dataplanes(),
                            "channel_creds",
                            List.of(Map.of(
                                    "type",
                                    TrustingCredentials.NAME,
                                    "config",
                                    Map.of("authority", folder.resolve("ca.pem").toString()))),
                            "server_features",
                            List.of("xds_v3"))),
                    "node",
                    Map.of("id", "default.web-1", "cluster", "web")));
            ObjectPool<XdsClient> pool = InternalSharedXdsClientPoolProvider.getOrCreate(
                    "oracle", new MetricRecorder() {}, new Bearer(mesh.token("default", "web")));
            XdsClient client = pool.getObject();
            try {
                Watcher clusters = watch(client, "io.grpc.xds.XdsClusterResource");
                Watcher endpoints = watch(client, "io.grpc.xds.XdsEndpointResource");
                eventually("the cluster is heard of", clusters::heard, heard -> heard.contains(CLUSTER));
                eventually("its endpoint is heard of", endpoints::heard, heard -> heard.contains(cart));
                assertThat(clusters.trouble()).isEmpty();
                assertThat(endpoints.trouble()).isEmpty();

                // What is left out of the state of the world is gone; what is in it again is there again
                mesh.apply(TestMesh.document("default", "web-1", "web", "{address: 127.0.0.3}"));
                eventually("the cluster goes", clusters::heard, heard -> heard.contains("NOT_FOUND"));
                mesh.apply(TestMesh.document("default", "web-1", "web", CALLING));
                eventually("the cluster is back", () -> clusters.trouble().isEmpty());
                assertThat(mesh.get("/meshes/default/dataplanes/web-1/_overview"))
                        .as("it refused nothing")
                        .contains("connectTime")
                        .doesNotContain("problem");
            } finally {
                pool.returnObject(client);
                InternalSharedXdsClientPoolProvider.setDefaultProviderBootstrapOverride(null);
            }
        }
    }

    /// The types of resources are not public there.
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Watcher watch(XdsClient client, String type) throws ReflectiveOperationException {
        Method instance = Class.forName(type).getDeclaredMethod("getInstance");
        instance.setAccessible(true);
        Watcher watcher = new Watcher();
        client.watchXdsResource((XdsResourceType) instance.invoke(null), CLUSTER, watcher);
        return watcher;
    }

    /// Keeps the last thing heard, as text.
    private static final class Watcher implements XdsClient.ResourceWatcher<XdsClient.ResourceUpdate> {
        private final AtomicReference<String> last = new AtomicReference<>("");
        private final AtomicReference<Optional<Status>> trouble = new AtomicReference<>(Optional.empty());

        @Override
        public void onResourceChanged(StatusOr<XdsClient.ResourceUpdate> update) {
            if (update.hasValue()) {
                last.set(update.getValue().toString());
                trouble.set(Optional.empty());
            } else {
                trouble.set(Optional.of(update.getStatus()));
            }
        }

        @Override
        public void onAmbientError(Status error) {
            trouble.set(Optional.of(error));
        }

        /// What was heard and what went wrong, for the message of a failure.
        String heard() {
            return last.get() + trouble.get().map(Status::toString).orElse("");
        }

        Optional<Status> trouble() {
            return trouble.get();
        }
    }

    /// Our tokens stand bare in `authorization`, as Envoy sends them.
    private static final class Bearer extends CallCredentials {
        private final String token;

        Bearer(String token) {
            this.token = token;
        }

        @Override
        public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier applier) {
            Metadata headers = new Metadata();
            headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), token);
            applier.apply(headers);
        }
    }
}
