package io.higuma.model;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The labels of a resource: an immutable map in order of its keys. The reserved keys are those of contract 2.6.
public record Labels(SortedMap<String, String> entries) {

    public static final String DISPLAY_NAME = "kuma.io/display-name";
    public static final String MESH = "kuma.io/mesh";
    public static final String ORIGIN = "kuma.io/origin";
    public static final String ZONE = "kuma.io/zone";
    public static final String ENV = "kuma.io/env";
    public static final String POLICY_ROLE = "kuma.io/policy-role";
    public static final String WORKLOAD = "kuma.io/workload";
    public static final String EFFECT = "kuma.io/effect";
    public static final String MANAGED_BY = "kuma.io/managed-by";
    public static final String LISTENER_ZONE_INGRESS = "kuma.io/listener-zoneingress";
    public static final String LISTENER_ZONE_EGRESS = "kuma.io/listener-zoneegress";
    public static final String NAMESPACE = "k8s.kuma.io/namespace";
    public static final String SERVICE_ACCOUNT = "k8s.kuma.io/service-account";
    public static final String GRACE_PERIOD_STARTED_AT = "kuma.io/deletion-grace-period-started-at";

    public static final Labels NONE = new Labels(Collections.emptySortedMap());

    public Labels {
        entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
    }

    public static Labels of(Map<String, String> entries) {
        return entries.isEmpty() ? NONE : new Labels(new TreeMap<>(entries));
    }

    public Optional<String> value(String key) {
        return Optional.ofNullable(entries.get(key));
    }

    public Labels with(String key, String value) {
        if (value.equals(entries.get(key))) {
            return this;
        }
        SortedMap<String, String> copy = new TreeMap<>(entries);
        copy.put(key, value);
        return new Labels(copy);
    }

    public Labels without(String key) {
        if (!entries.containsKey(key)) {
            return this;
        }
        SortedMap<String, String> copy = new TreeMap<>(entries);
        copy.remove(key);
        return new Labels(copy);
    }

    /// Whether every entry of `selector` is one of these labels; an empty selector matches everything.
    public boolean matches(Map<String, String> selector) {
        for (Map.Entry<String, String> wanted : selector.entrySet()) {
            if (!wanted.getValue().equals(entries.get(wanted.getKey()))) {
                return false;
            }
        }
        return true;
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }
}
