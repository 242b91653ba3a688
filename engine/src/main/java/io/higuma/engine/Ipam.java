package io.higuma.engine;

import io.higuma.model.Cidr;
import java.util.List;
import java.util.stream.Stream;

/// The ranges that virtual addresses are taken from (contract 7, `ipam`).
public record Ipam(Cidr meshService, Cidr meshExternalService, Cidr meshMultiZoneService) {

    public static final Ipam DEFAULT =
            new Ipam(Cidr.parse("241.0.0.0/8"), Cidr.parse("242.0.0.0/8"), Cidr.parse("243.0.0.0/8"));

    /// All of them, each once.
    public List<Cidr> ranges() {
        return Stream.of(meshService, meshExternalService, meshMultiZoneService)
                .distinct()
                .toList();
    }

    Cidr range(String type) {
        return switch (type) {
            case "MeshExternalService" -> meshExternalService;
            case "MeshMultiZoneService" -> meshMultiZoneService;
            default -> meshService;
        };
    }

    /// The setting of a range.
    String key(String type) {
        return switch (type) {
            case "MeshExternalService" -> "ipam.meshExternalService.cidr";
            case "MeshMultiZoneService" -> "ipam.meshMultiZoneService.cidr";
            default -> "ipam.meshService.cidr";
        };
    }
}
