package io.higuma.model.core;

import io.higuma.model.Spec;
import java.util.List;

/// What can be called by a name: a kind of service.
public sealed interface ServiceSpec extends Spec
        permits MeshServiceSpec, MeshMultiZoneServiceSpec, MeshExternalServiceSpec {

    /// The ports under which it is called.
    List<ServicePort> callable();

    /// @param section its name, else its number as text
    record ServicePort(String section, int port, Protocol protocol) {}
}
