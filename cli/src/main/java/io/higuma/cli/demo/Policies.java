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
