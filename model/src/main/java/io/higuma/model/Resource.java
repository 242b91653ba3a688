package io.higuma.model;

import java.util.Optional;

/// One resource of a mesh, or of the control plane: an immutable value.
///
/// @param status empty where the type has none or nothing was found yet
public record Resource(ResourceType<?> type, ResourceKey key, ResourceMeta meta, Spec spec, Optional<Status> status) {

    public Resource {
        if (!type.name().equals(key.type()) || !type.spec().isInstance(spec)) {
            throw new IllegalArgumentException(
                    key + " cannot hold a " + spec.getClass().getSimpleName());
        }
    }

    /// The spec as the record of its type.
    ///
    /// @throws ClassCastException if the resource is of another type
    public <S extends Spec> S spec(Class<S> shape) {
        return shape.cast(spec);
    }

    /// The status as the record of its type, if there is one.
    public <T extends Status> Optional<T> status(Class<T> shape) {
        return status.map(shape::cast);
    }

    public Labels labels() {
        return meta.labels();
    }

    public String mesh() {
        return key.mesh();
    }

    public String name() {
        return key.name();
    }

    /// The name as its author gave it: label `kuma.io/display-name`, else the name.
    public String displayName() {
        return meta.labels().value(Labels.DISPLAY_NAME).orElse(key.name());
    }

    /// Whether it is a policy that is only tried out: label `kuma.io/effect: shadow`.
    public boolean isShadow() {
        return meta.labels().value(Labels.EFFECT).filter("shadow"::equals).isPresent();
    }

    public Resource withMeta(ResourceMeta replacement) {
        return new Resource(type, key, replacement, spec, status);
    }

    public Resource withStatus(Status replacement) {
        return new Resource(type, key, meta, spec, Optional.of(replacement));
    }

    /// Whether the other one says the same: equal key, labels, spec and status; times and revision do not count.
    public boolean sameContent(Resource other) {
        return key.equals(other.key)
                && meta.labels().equals(other.meta.labels())
                && spec.equals(other.spec)
                && status.equals(other.status);
    }

    /// The key only: a spec may hold a secret, and this string may end in a log.
    @Override
    public String toString() {
        return key.toString();
    }
}
