package io.higuma.cli.demo;

/// The documents of the story.
final class Policies {

    static final String IDENTITY = """
            type: MeshIdentity
            mesh: default
            name: identity
            spec:
              selector: {dataplane: {matchLabels: {}}}
              provider:
                type: Bundled
                bundled: {insecureAllowSelfSigned: true, autogenerate: {enabled: true}}
            """;

    static final String EVERYBODY = """
            type: MeshTrafficPermission
            mesh: default
            name: everybody
            spec:
              rules:
                - default:
                    allow: [{spiffeID: {type: Prefix, value: "spiffe://default.default.mesh.local"}}]
            """;

    static final String CART_MAY_PAY = permission("cart-may-pay", "payments", "cart");

    static final String WEB_MAY_SHOP =
            permission("web-may-fill-carts", "cart", "web") + "---\n" + permission("web-may-browse", "catalog", "web");

    /// For every proxy of the mesh, so that the time to the last one says something.
    static final String GUEST = """
            type: MeshTrafficPermission
            mesh: default
            name: guest
            spec:
              rules:
                - default:
                    allow: [{spiffeID: {type: Exact, value: "spiffe://default.default.mesh.local/workload/intruder"}}]
            """;

    static final String HURRY = """
            type: MeshTimeout
            mesh: default
            name: hurry
            spec:
              targetRef: {kind: Dataplane, labels: {kuma.io/workload: web}}
              to:
                - targetRef: {kind: MeshService, labels: {kuma.io/display-name: catalog}}
                  default: {http: {requestTimeout: 500ms}}
            """;

    /// A service per version: which instances it means, and under which port they are called.
    static final String VERSIONS = version("v1") + "---\n" + version("v2");

    static final String BANK = """
            type: Mesh
            name: bank
            ---
            type: MeshIdentity
            mesh: bank
            name: identity
            spec:
              selector: {dataplane: {matchLabels: {}}}
              provider:
                type: Bundled
                bundled: {insecureAllowSelfSigned: true, autogenerate: {enabled: true}}
            """;

    private Policies() {}

    private static String version(String version) {
        return """
                type: MeshService
                mesh: default
                name: catalog-%1$s
                spec:
                  selector: {dataplaneLabels: {matchLabels: {kuma.io/workload: catalog, version: %1$s}}}
                  ports: [{port: 80, targetPort: http, appProtocol: http}]
                """.formatted(version);
    }

    /// The share of the calls to `catalog` that each version gets.
    static String canary(int stable, int fresh) {
        return """
                type: MeshHTTPRoute
                mesh: default
                name: canary
                spec:
                  to:
                    - targetRef: {kind: MeshService, labels: {kuma.io/display-name: catalog}}
                      rules:
                        - matches: [{path: {type: PathPrefix, value: /}}]
                          default:
                            backendRefs:
                              - {kind: MeshService, labels: {kuma.io/display-name: catalog-v1}, weight: %d}
                              - {kind: MeshService, labels: {kuma.io/display-name: catalog-v2}, weight: %d}
                """.formatted(stable, fresh);
    }

    private static String permission(String name, String server, String client) {
        return """
                type: MeshTrafficPermission
                mesh: default
                name: %s
                spec:
                  targetRef: {kind: Dataplane, labels: {kuma.io/workload: %s}}
                  rules:
                    - default:
                        allow: [{spiffeID: {type: Exact, value: "spiffe://default.default.mesh.local/workload/%s"}}]
                """.formatted(name, server, client);
    }
}
