package io.higuma.policy;

import io.higuma.model.Labels;
import io.higuma.model.Resource;
import io.higuma.model.target.ToTargetRef;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What the `to` lists of policies say about a destination (contract 2.4 and 2.5).
public final class ToItems {

    private ToItems() {}

    /// The merged configuration for something that is called; empty if no item is for it.
    ///
    /// @param items of one kind of policy, in any order
    public static <C extends Mergeable<C>> Optional<Effective<C>> effective(List<ToItem<C>> items, Backend backend) {
        return merged(concerning(items, backend));
    }

    /// The merged configuration for the requests of one route, of the items that name it; the rest is as its
    /// destination has it.
    public static <C extends Mergeable<C>> Optional<Effective<C>> effective(
            List<ToItem<C>> items, Routing.Route route) {
        return merged(items.stream()
                .filter(item -> item.target().kind() == ToTargetRef.Kind.MESH_HTTP_ROUTE
                        && carries(item.target(), route.labels(), route.name()))
                .sorted(ascending())
                .toList());
    }

    /// The merged configuration for the requests of one route: what its destination has, overridden by what is said of
    /// the route.
    public static <C extends Mergeable<C>> Optional<Effective<C>> effective(
            List<ToItem<C>> items, Backend destination, Routing.Route route) {
        Optional<Effective<C>> around = effective(items, destination);
        Optional<Effective<C>> own = effective(items, route);
        if (around.isEmpty() || own.isEmpty()) {
            return own.or(() -> around);
        }
        List<Source> sources = new ArrayList<>(around.get().sources());
        sources.addAll(own.get().sources());
        return Optional.of(
                new Effective<>(around.get().conf().overriddenBy(own.get().conf()), sources));
    }

    /// The items for something that is called, least important first.
    public static <C> List<ToItem<C>> concerning(List<ToItem<C>> items, Backend backend) {
        return items.stream()
                .filter(item -> covers(item.target(), backend))
                .sorted(ascending())
                .toList();
    }

    private static <C extends Mergeable<C>> Optional<Effective<C>> merged(List<ToItem<C>> concerned) {
        if (concerned.isEmpty()) {
            return Optional.empty();
        }
        C conf = concerned.getFirst().conf();
        for (ToItem<C> item : concerned.subList(1, concerned.size())) {
            conf = conf.overriddenBy(item.conf());
        }
        return Optional.of(new Effective<>(conf, concerned));
    }

    private static <C> Comparator<ToItem<C>> ascending() {
        return Comparator.<ToItem<C>, Matched<?>>comparing(ToItem::policy, PolicyOrder.byTarget())
                .thenComparing(item -> item.target().kind())
                .thenComparing(item -> item.target().sectionName().isPresent())
                .thenComparing(ToItem::policy, PolicyOrder.byName());
    }

    private static boolean covers(ToTargetRef target, Backend backend) {
        if (target.kind() == ToTargetRef.Kind.MESH) {
            return true;
        }
        if (!target.kind().text().equals(backend.service().type())) {
            return false;
        }
        return carries(target, backend.labels(), backend.service().name())
                && target.sectionName()
                        .map(section -> section.equals(backend.target().section())
                                || section.equals(
                                        Integer.toString(backend.target().number())))
                        .orElse(true);
    }

    /// Whether a reference leads to a resource, whatever part of it.
    public static boolean leadsTo(ToTargetRef target, Resource resource) {
        return target.kind().text().equals(resource.key().type())
                && carries(target, resource.labels(), resource.name());
    }

    private static boolean carries(ToTargetRef target, Labels labels, String name) {
        return target.labels().entrySet().stream()
                .allMatch(wanted -> wanted.getValue()
                        .equals(labels.value(wanted.getKey())
                                .orElse(wanted.getKey().equals(Labels.DISPLAY_NAME) ? name : "")));
    }
}
