package io.higuma.engine;

import io.higuma.model.Labels;
import io.higuma.model.NameTemplate;
import io.higuma.model.Names;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.core.Condition;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.HostnameGeneratorSpec;
import io.higuma.model.core.LabelSelector;
import io.higuma.model.core.ServiceSpec;
import io.higuma.model.core.ServiceStatus;
import io.higuma.model.core.ServiceStatus.Address;
import io.higuma.model.core.ServiceStatus.HostnameGeneratorRef;
import io.higuma.model.core.ServiceStatus.HostnameGeneratorStatus;
import io.higuma.model.snapshot.MeshSnapshot;
import io.higuma.model.snapshot.ResourceChange;
import io.higuma.model.snapshot.Term;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Which service has which host name (contract, data plane 6.2). A name stays with the service that has it as long as
/// that is there and a generator makes it; one that nobody has goes to whose generator comes first, then to the older
/// one. The others say so on their status. The name of a service that is gone rests: for a while only a service of the
/// same name, of whatever kind, inherits it. Owner: the loop.
final class HostNames {

    private static final String ORIGIN = "HostnameGenerator";
    private static final String CONDITION = "Generated";

    /// Generators of this zone come first, then the older ones.
    private static final Comparator<Resource> PRECEDENCE = Comparator.<Resource, Boolean>comparing(
                    generator -> !generator.labels().value(Labels.ORIGIN).equals(Optional.of("zone")))
            .thenComparing(generator -> generator.meta().created())
            .thenComparing(Resource::key);

    private record Place(String mesh, String hostname) {}

    /// A service's wish for a name.
    private record Claim(boolean foreign, Instant generated, String generator, Instant created, ResourceKey service)
            implements Comparable<Claim> {

        private static final Comparator<Claim> ORDER = Comparator.comparing(Claim::foreign)
                .thenComparing(Claim::generated)
                .thenComparing(Claim::generator)
                .thenComparing(Claim::created)
                .thenComparing(Claim::service);

        @Override
        public int compareTo(Claim other) {
            return ORDER.compare(this, other);
        }
    }

    private final Map<Place, TreeSet<Claim>> claims = new HashMap<>();
    private final Map<ResourceKey, Map<Place, Claim>> byService = new HashMap<>();
    /// Who has a name: its status says so, or will.
    private final Map<Place, ResourceKey> holders = new HashMap<>();
    private List<Resource> generators = List.of();
    private final Duration grace;
    private final InstantSource clock;
    /// Names of services that are gone, the latest last.
    private final LinkedHashMap<Place, Rest> resting = new LinkedHashMap<>();
    /// Services that would have a name that rests.
    private final Set<ResourceKey> waiting = new TreeSet<>();

    /// @param grace how long the name of a service that is gone rests
    HostNames(Duration grace, InstantSource clock) {
        this.grace = grace;
        this.clock = clock;
    }

    /// What stands in the status of a service.
    record Found(List<Address> addresses, List<HostnameGeneratorStatus> generators) {}

    /// Has the names of a removed service rest. Before anything is followed.
    void restore(Resource gone, Rest rest) {
        names(gone).forEach(name -> Rest.file(new Place(gone.mesh(), name), rest, resting));
    }

    /// The names that stand in the status of a service: those that callers are told.
    private static Set<String> names(Resource service) {
        return service.status(ServiceStatus.class).stream()
                .flatMap(status -> status.addresses().stream())
                .map(Address::hostname)
                .collect(Collectors.toSet());
    }

    /// Takes changes of the store in.
    ///
    /// @return services whose names may be others now
    Set<ResourceKey> follow(List<ResourceChange> changes, MeshSnapshot after) {
        Set<ResourceKey> touched = new TreeSet<>();
        boolean all = changes.stream().anyMatch(change -> change.key().type().equals(type()));
        if (all) {
            generators = after.globals().asMap().values().stream()
                    .filter(resource -> resource.key().type().equals(type()))
                    .sorted(PRECEDENCE)
                    .toList();
            for (String mesh : after.meshNames()) {
                CoreTypes.SERVICES.forEach(kind -> after.mesh(mesh)
                        .named(kind.name())
                        .asMap()
                        .values()
                        .forEach(service -> claim(service.key(), Optional.of(service), touched)));
            }
        }
        for (ResourceChange change : changes) {
            boolean service = change.before()
                    .or(change::after)
                    .filter(r -> r.spec() instanceof ServiceSpec)
                    .isPresent();
            boolean same =
                    change.before().map(Resource::labels).equals(change.after().map(Resource::labels));
            boolean gone = service && isGone(change);
            if (gone) {
                rest(change.key());
            }
            if (service && (gone || !same)) {
                claim(change.key(), change.after(), touched);
            }
        }
        return touched;
    }

    /// One that was removed and written anew at once is another one, of the same name.
    private static boolean isGone(ResourceChange change) {
        return change.before()
                .filter(before -> change.after()
                        .filter(after ->
                                after.meta().created().equals(before.meta().created()))
                        .isEmpty())
                .isPresent();
    }

    private void rest(ResourceKey gone) {
        Rest rest = new Rest(gone, clock.instant().plus(grace));
        for (Place place : byService.getOrDefault(gone, Map.of()).keySet()) {
            if (holders.remove(place, gone)) {
                Rest.file(place, rest, resting);
            }
        }
    }

    /// A service was to be made, and was not.
    ///
    /// @return services whose names may be others now
    Set<ResourceKey> forget(ResourceKey unmade) {
        Set<ResourceKey> touched = new TreeSet<>();
        for (Map.Entry<Place, ResourceKey> held : List.copyOf(holders.entrySet())) {
            if (held.getValue().equals(unmade)) {
                holders.remove(held.getKey());
                claims.getOrDefault(held.getKey(), new TreeSet<>()).forEach(claim -> touched.add(claim.service()));
            }
        }
        return touched;
    }

    /// How long until somebody may get a name that rests; empty if nobody waits for one.
    Optional<Duration> nextRest() {
        Instant now = clock.instant();
        // Before they are forgotten: one may be over since somebody was told to wait for it
        Optional<Duration> next = waiting.isEmpty() ? Optional.empty() : Rest.next(resting.values(), now);
        resting.values().removeIf(rest -> rest.over(now));
        return next;
    }

    /// Those who wait, to be tried again.
    Set<ResourceKey> retry() {
        Set<ResourceKey> retried = Set.copyOf(waiting);
        waiting.clear();
        return retried;
    }

    /// Whose a name is; empty if it rests, or nobody wants it.
    private Optional<ResourceKey> owner(Place place) {
        ResourceKey holder = holders.get(place);
        if (holder != null) {
            return Optional.of(holder);
        }
        Rest rest = resting.get(place);
        return claims.getOrDefault(place, new TreeSet<>()).stream()
                .map(Claim::service)
                .filter(service -> rest == null
                        || rest.over(clock.instant())
                        || service.name().equals(rest.before().name()))
                .findFirst();
    }

    private static String type() {
        return CoreTypes.HOSTNAME_GENERATOR.name();
    }

    /// Replaces what a service wants.
    private void claim(ResourceKey key, Optional<Resource> service, Set<ResourceKey> touched) {
        Map<Place, Claim> wanted = new HashMap<>();
        service.ifPresent(present -> {
            for (Resource generator : generators) {
                if (render(generator, present) instanceof Rendered.Name name) {
                    wanted.putIfAbsent(
                            new Place(key.mesh(), name.hostname()),
                            new Claim(
                                    !generator.labels().value(Labels.ORIGIN).equals(Optional.of("zone")),
                                    generator.meta().created(),
                                    generator.name(),
                                    present.meta().created(),
                                    key));
                }
            }
        });
        service.ifPresent(present -> names(present).stream()
                .map(name -> new Place(key.mesh(), name))
                .filter(wanted::containsKey)
                .forEach(place -> holders.putIfAbsent(place, key)));
        touched.add(key);
        Map<Place, Claim> old = wanted.isEmpty() ? byService.remove(key) : byService.put(key, wanted);
        if (wanted.equals(old)) {
            return;
        }
        if (old != null) {
            old.forEach((place, claim) -> change(place, claim, false, touched));
        }
        wanted.forEach((place, claim) -> change(place, claim, true, touched));
    }

    private void change(Place place, Claim claim, boolean add, Set<ResourceKey> touched) {
        TreeSet<Claim> all = claims.computeIfAbsent(place, p -> new TreeSet<>());
        if (add) {
            all.add(claim);
        } else {
            all.remove(claim);
            if (!byService.getOrDefault(claim.service(), Map.of()).containsKey(place)) {
                holders.remove(place, claim.service());
            }
        }
        if (all.isEmpty()) {
            claims.remove(place);
        } else {
            all.forEach(each -> touched.add(each.service()));
        }
    }

    /// The names a service has now, and what the generators that select it say.
    Found of(Resource service) {
        List<Address> addresses = new ArrayList<>();
        List<HostnameGeneratorStatus> statuses = new ArrayList<>();
        for (Resource generator : generators) {
            HostnameGeneratorRef ref = new HostnameGeneratorRef(generator.name());
            switch (render(generator, service)) {
                case Rendered.None none -> {}
                case Rendered.Fault fault -> statuses.add(status(ref, "False", "TemplateError", fault.sentence()));
                case Rendered.Name name -> {
                    Place place = new Place(service.mesh(), name.hostname());
                    Optional<ResourceKey> owner = owner(place);
                    Rest rest = resting.get(place);
                    boolean known = addresses.stream()
                            .anyMatch(address -> address.hostname().equals(name.hostname()));
                    if (owner.isEmpty() && rest != null) {
                        waiting.add(service.key());
                        statuses.add(status(
                                ref,
                                "False",
                                "Resting",
                                name.hostname() + " belonged to " + text(rest.before())
                                        + ", which is gone; until " + rest.until()
                                        + " only a service of that name gets it, so that callers reach no other"
                                        + " (ipam.gracePeriod)"));
                    } else if (owner.filter(other -> !other.equals(service.key()))
                            .isPresent()) {
                        statuses.add(status(
                                ref, "False", "Collision", name.hostname() + " belongs to " + text(owner.get())));
                    } else {
                        holders.put(place, service.key());
                        if (!known) {
                            addresses.add(new Address(name.hostname(), ORIGIN, Optional.of(ref)));
                        }
                        statuses.add(status(ref, "True", "Generated", "the service is called " + name.hostname()));
                    }
                }
            }
        }
        return new Found(addresses, statuses);
    }

    private static String text(ResourceKey service) {
        return service.type() + " " + service.name() + " of the mesh " + service.mesh();
    }

    private static HostnameGeneratorStatus status(
            HostnameGeneratorRef ref, String status, String reason, String message) {
        return new HostnameGeneratorStatus(ref, List.of(new Condition(CONDITION, status, reason, message)));
    }

    private sealed interface Rendered {
        /// The generator does not select the service.
        record None() implements Rendered {}

        record Name(String hostname) implements Rendered {}

        record Fault(String sentence) implements Rendered {}
    }

    private static Rendered render(Resource generator, Resource service) {
        HostnameGeneratorSpec spec = generator.spec(HostnameGeneratorSpec.class);
        Optional<LabelSelector> selector = spec.selector().flatMap(given -> given.of((ServiceSpec) service.spec()));
        if (selector.isEmpty() || !Term.matches(service, selector.get().matchLabels())) {
            return new Rendered.None();
        }
        try {
            String name = NameTemplate.parse(spec.template(), HostnameGeneratorSpec.VARIABLES)
                    .render(
                            Map.of(
                                    "Name", service.name(),
                                    "DisplayName", service.displayName(),
                                    "Namespace",
                                            service.labels()
                                                    .value(Labels.NAMESPACE)
                                                    .orElse(""),
                                    "Zone", service.labels().value(Labels.ZONE).orElse(""),
                                    "Mesh", service.mesh()),
                            service.labels())
                    .toLowerCase(Locale.ROOT);
            List<String> texts = Names.subdomain(name);
            return texts.isEmpty()
                    ? new Rendered.Name(name)
                    : new Rendered.Fault("\"" + name + "\" is not a valid DNS name: " + String.join(", ", texts));
        } catch (IllegalArgumentException e) {
            return new Rendered.Fault(String.valueOf(e.getMessage()));
        }
    }
}
