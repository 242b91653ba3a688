package io.higuma.api.auth;

import io.higuma.api.http.ApiException;
import io.higuma.model.ResourceType;
import io.higuma.model.core.CoreTypes;

/// What a principal may (contract 3.8). We differ on purpose in one point: nobody writes anonymously.
public final class Access {

    private Access() {}

    public static void read(Principal principal, ResourceType<?> type) {
        if (isSecret(type) && !principal.isAdmin()) {
            throw denied(principal, "the resource of type \"" + type.name() + "\"");
        }
    }

    public static void write(Principal principal, ResourceType<?> type) {
        if (isSecret(type) && !principal.isAdmin()) {
            throw denied(principal, "the resource of type \"" + type.name() + "\"");
        }
        if (principal.isAnonymous()) {
            throw denied(
                    principal,
                    "the resource of type \"" + type.name()
                            + "\" for writing: call from this host, or send a user token (generate user-token)");
        }
    }

    public static void generate(Principal principal, String what) {
        if (!principal.isAdmin()) {
            throw denied(principal, what);
        }
    }

    private static boolean isSecret(ResourceType<?> type) {
        return type.equals(CoreTypes.SECRET) || type.equals(CoreTypes.GLOBAL_SECRET);
    }

    private static ApiException denied(Principal principal, String what) {
        return new ApiException(403, "Access Denied", "user \"" + principal + "\" cannot access " + what);
    }
}
