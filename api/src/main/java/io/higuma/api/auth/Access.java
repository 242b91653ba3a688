package io.higuma.api.auth;

import io.higuma.api.http.ApiException;
import java.util.List;
import java.util.Map;

/// Who may do what (contract 3.8): for each right the users and groups that have it.
public record Access(Map<Right, Audience> rights) {

    /// What can be allowed.
    public enum Right {
        ADMIN_RESOURCES,
        GENERATE_DATAPLANE_TOKEN,
        GENERATE_USER_TOKEN,
        GENERATE_ZONE_TOKEN,
        VIEW_CONFIG_DUMP,
        CONTROL_PLANE_METADATA
    }

    /// Those who have a right.
    public record Audience(List<String> users, List<String> groups) {
        public Audience {
            users = List.copyOf(users);
            groups = List.copyOf(groups);
        }

        boolean holds(Principal principal) {
            return users.contains(principal.name())
                    || principal.groups().stream().anyMatch(groups::contains);
        }
    }

    public Access {
        rights = Map.copyOf(rights);
    }

    public boolean allows(Right right, Principal principal) {
        Audience audience = rights.get(right);
        return audience != null && audience.holds(principal);
    }

    /// @param what what is asked for, in the contract's words
    /// @throws ApiException 403 if the principal has not the right
    public void require(Right right, Principal principal, String what) {
        if (!allows(right, principal)) {
            throw denied(principal, what);
        }
    }

    /// Nobody writes without saying who they are: stricter than the contract, on purpose.
    ///
    /// @throws ApiException 403 if the principal is anonymous
    public void requireWriter(Principal principal, String what) {
        if (principal.anonymous()) {
            throw denied(principal, what + " for writing: call from this host, or send a user token");
        }
    }

    private static ApiException denied(Principal principal, String what) {
        return ApiException.of(403, "Access Denied", "user \"" + principal + "\" cannot access " + what);
    }
}
