package io.higuma.api.auth;

import java.util.ArrayList;
import java.util.List;

/// Who makes a request: a name and groups (contract 3.8).
public record Principal(String name, List<String> groups) {

    private static final String ADMIN_NAME = "mesh-system:admin";
    private static final String ANONYMOUS_NAME = "mesh-system:anonymous";
    private static final String AUTHENTICATED = "mesh-system:authenticated";

    public static final Principal ADMIN = new Principal(ADMIN_NAME, List.of(ADMIN_NAME)).authenticated();
    public static final Principal ANONYMOUS = new Principal(ANONYMOUS_NAME, List.of("mesh-system:unauthenticated"));

    public Principal {
        groups = List.copyOf(groups);
    }

    /// The same principal, in the group of all who have shown who they are.
    public Principal authenticated() {
        if (groups.contains(AUTHENTICATED)) {
            return this;
        }
        List<String> more = new ArrayList<>(groups);
        more.add(AUTHENTICATED);
        return new Principal(name, more);
    }

    public boolean anonymous() {
        return !groups.contains(AUTHENTICATED);
    }

    /// `name/group1,group2`, as messages show a principal.
    @Override
    public String toString() {
        return name + "/" + String.join(",", groups);
    }
}
