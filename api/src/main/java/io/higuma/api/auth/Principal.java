package io.higuma.api.auth;

import java.util.List;

/// Who asks (contract 3.8).
public record Principal(String name, List<String> groups) {

    public static final String ADMIN_GROUP = "mesh-system:admin";
    public static final Principal ADMIN =
            new Principal("mesh-system:admin", List.of(ADMIN_GROUP, "mesh-system:authenticated"));
    public static final Principal ANONYMOUS =
            new Principal("mesh-system:anonymous", List.of("mesh-system:unauthenticated"));

    public Principal {
        groups = List.copyOf(groups);
    }

    public boolean isAdmin() {
        return name.equals(ADMIN.name) || groups.contains(ADMIN_GROUP);
    }

    public boolean isAnonymous() {
        return this.equals(ANONYMOUS);
    }

    /// `NAME/group1,group2`: as messages name a principal.
    @Override
    public String toString() {
        return name + "/" + String.join(",", groups);
    }
}
