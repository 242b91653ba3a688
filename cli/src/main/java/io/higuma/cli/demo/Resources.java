package io.higuma.cli.demo;

import io.higuma.cli.client.ControlPlane;
import java.util.List;

/// What a control plane has stored, counted over its API.
final class Resources {

    private Resources() {}

    /// Of the kinds that people write and of those made for them.
    static int count(Shop shop) {
        int count = 0;
        try (ControlPlane api = shop.api()) {
            for (String path : List.of(
                    "/meshes",
                    "/dataplanes",
                    "/meshservices",
                    "/meshidentities",
                    "/meshtrafficpermissions",
                    "/secrets")) {
                count += api.read(path + "?size=1").json().path("total").asInt(0);
            }
        }
        return count;
    }
}
