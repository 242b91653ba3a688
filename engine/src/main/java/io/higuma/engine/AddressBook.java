package io.higuma.engine;

import io.higuma.model.Cidr;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.core.Condition;
import io.higuma.model.core.ServiceSpec;
import io.higuma.model.core.ServiceStatus;
import io.higuma.model.core.ServiceStatus.Vip;
import io.higuma.model.snapshot.ResourceChange;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Who has which virtual address. An address stays with its service as long as that is there, whatever the ranges are
/// set to, and is never given to another meanwhile. Owner: the loop.
final class AddressBook {

    /// Type of the condition that tells of trouble with addresses. Without trouble there is none.
    static final String CONDITION = "VIPAllocated";

    private final Ipam ipam;
    private final Duration grace;
    private final InstantSource clock;
    /// By address, those that have it; more than one after a store was put together from two.
    private final Map<String, TreeSet<ResourceKey>> owners = new HashMap<>();
    /// Addresses that were given and are not in a snapshot yet.
    private final Map<ResourceKey, String> given = new HashMap<>();
    /// Addresses that became free, the latest last: callers may still remember them, so that for a while nobody else
    /// gets them, and later only if there is nothing else.
    private final LinkedHashMap<String, Rest> resting = new LinkedHashMap<>();
    /// Services for which no address was free.
    private final Set<ResourceKey> waiting = new TreeSet<>();

    /// @param grace how long a free address belongs to nobody but who had it
    AddressBook(Ipam ipam, Duration grace, InstantSource clock) {
        this.ipam = ipam;
        this.grace = grace;
        this.clock = clock;
    }

    /// @param vips one address; none if no address is free
    record Allotment(List<Vip> vips, List<Condition> conditions) {}

    /// Has the addresses of a removed service rest that no service turns out to have. Before anything is followed.
    void restore(Resource gone, Rest rest) {
        vips(gone).forEach(vip -> Rest.file(vip.ip(), rest, resting));
    }

    /// A resource changed in the store.
    ///
    /// @return services that may get an address now
    Set<ResourceKey> follow(ResourceChange change) {
        ResourceKey key = change.key();
        List<Vip> before = change.before().map(AddressBook::vips).orElse(List.of());
        List<Vip> after = change.after().map(AddressBook::vips).orElse(List.of());
        before.stream().filter(vip -> !after.contains(vip)).forEach(vip -> free(vip.ip(), key));
        after.forEach(vip -> own(vip.ip(), key));
        if (change.after().isEmpty() || !after.isEmpty()) {
            Optional.ofNullable(given.remove(key))
                    .filter(mine -> !after.contains(new Vip(mine)))
                    .ifPresent(mine -> free(mine, key));
        }
        return change.after().isEmpty() ? retry() : Set.of();
    }

    /// How long until somebody who waits for an address may get one that rests; empty if nobody waits for one.
    Optional<Duration> nextRest() {
        Set<Cidr> ranges = waiting.stream().map(key -> ipam.range(key.type())).collect(Collectors.toSet());
        // Of other ranges some may be over for long, and nobody is helped with them
        List<Rest> awaited = ranges.isEmpty()
                ? List.of()
                : resting.entrySet().stream()
                        .filter(rest -> ranges.stream().anyMatch(range -> range.contains(rest.getKey())))
                        .map(Map.Entry::getValue)
                        .toList();
        return Rest.next(awaited, clock.instant());
    }

    /// Those who wait, to be tried again.
    Set<ResourceKey> retry() {
        Set<ResourceKey> retried = Set.copyOf(waiting);
        waiting.clear();
        return retried;
    }

    /// What a service has, or gets now.
    Allotment allot(Resource service) {
        Cidr range = ipam.range(service.key().type());
        List<Vip> kept = vips(service).stream()
                .filter(vip -> isFirst(vip.ip(), service.key()))
                .toList();
        if (!kept.isEmpty()) {
            return new Allotment(
                    kept,
                    kept.stream().allMatch(vip -> range.contains(vip.ip()))
                            ? List.of()
                            : List.of(new Condition(
                                    CONDITION,
                                    "True",
                                    "OutsideOfRange",
                                    kept.getFirst().ip() + " is not of the range " + range + " that is set now ("
                                            + ipam.key(service.key().type())
                                            + "); the service keeps it as long as it is there")));
        }
        String mine = given.get(service.key());
        if (mine == null) {
            mine = search(service.key(), range);
        }
        if (mine.isEmpty()) {
            waiting.add(service.key());
        }
        return mine.isEmpty()
                ? new Allotment(
                        List.of(),
                        List.of(new Condition(
                                CONDITION,
                                "False",
                                "RangeExhausted",
                                "all " + range.usable() + " addresses of " + range
                                        + " are in use, or were until a short while ago; set a larger range ("
                                        + ipam.key(service.key().type()) + ")")))
                : new Allotment(List.of(new Vip(mine)), List.of());
    }

    /// A free address: by the hash of the name, so that it is likely the same after all is lost.
    private String search(ResourceKey key, Cidr range) {
        String found = resting.entrySet().stream()
                .filter(rest -> rest.getValue().before().equals(key) && range.contains(rest.getKey()))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseGet(() -> fresh(key, range));
        if (found.isEmpty()) {
            Instant now = clock.instant();
            found = resting.entrySet().stream()
                    .filter(rest -> rest.getValue().over(now))
                    .map(Map.Entry::getKey)
                    .filter(ip -> range.contains(ip) && !owners.containsKey(ip))
                    .findFirst()
                    .orElse("");
        }
        if (!found.isEmpty()) {
            given.put(key, found);
            own(found, key);
        }
        return found;
    }

    private String fresh(ResourceKey key, Cidr range) {
        long usable = range.usable();
        long place =
                Math.floorMod((long) key.mesh().hashCode() * 31 + key.name().hashCode(), usable);
        // so many steps reach a free place, if there is one
        for (long step = 0; step <= Math.min(usable - 1, owners.size() + resting.size()); step++) {
            String candidate = range.address((place + step) % usable);
            if (!owners.containsKey(candidate) && !resting.containsKey(candidate)) {
                return candidate;
            }
        }
        return "";
    }

    private boolean isFirst(String ip, ResourceKey key) {
        TreeSet<ResourceKey> all = owners.get(ip);
        return all == null || all.isEmpty() || all.first().equals(key);
    }

    private void own(String ip, ResourceKey key) {
        owners.computeIfAbsent(ip, address -> new TreeSet<>()).add(key);
        resting.remove(ip);
    }

    private void free(String ip, ResourceKey key) {
        owners.computeIfPresent(ip, (address, all) -> {
            all.remove(key);
            return all.isEmpty() ? null : all;
        });
        if (!owners.containsKey(ip)) {
            Rest.file(ip, new Rest(key, clock.instant().plus(grace)), resting);
        }
    }

    /// Of anything but a service none.
    private static List<Vip> vips(Resource resource) {
        return resource.spec() instanceof ServiceSpec
                ? resource.status(ServiceStatus.class).map(ServiceStatus::vips).orElse(List.of())
                : List.of();
    }
}
