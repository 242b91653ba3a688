package io.higuma.policy;

import io.higuma.model.Labels;
import io.higuma.model.target.ToTargetRef;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What the `to` lists of policies say about a destination (contract 2.4 and 2.5).
public final class ToItems {

    private ToItems() {}

    /// The merged configuration for a destination; empty if no item is for it.
    ///
    /// @param items of one kind of policy, in any order
    public static <C extends Mergeable<C>> Optional<Effective<C>> effective(
            List<ToItem<C>> items, Destination destination) {
        List<ToItem<C>> concerned = new ArrayList<>(items.stream()
                .filter(item -> covers(item.target(), destination))
                .toList());
        concerned.sort(ascending());
        if (concerned.isEmpty()) {
            return Optional.empty();
        }
        C conf = concerned.getFirst().conf();
        List<String> origins = new ArrayList<>();
        for (ToItem<C> item : concerned) {
            conf = item == concerned.getFirst() ? conf : conf.overriddenBy(item.conf());
            String origin = item.policy().origin();
            if (!origins.contains(origin)) {
                origins.add(origin);
            }
        }
        return Optional.of(new Effective<>(conf, origins));
    }

    private static <C> Comparator<ToItem<C>> ascending() {
        return Comparator.<ToItem<C>, Matched<?>>comparing(ToItem::policy, PolicyOrder.byTarget())
                .thenComparing(item -> item.target().kind())
                .thenComparing(item -> item.target().sectionName().isPresent())
                .thenComparing(ToItem::policy, PolicyOrder.byName());
    }

    private static boolean covers(ToTargetRef target, Destination destination) {
        if (target.kind() == ToTargetRef.Kind.MESH) {
            return true;
        }
        if (!target.kind().text().equals(destination.service().type())) {
            return false;
        }
        boolean labels = target.labels().entrySet().stream()
                .allMatch(wanted -> wanted.getValue().equals(label(destination, wanted.getKey())));
        return labels
                && target.sectionName()
                        .map(section -> section.equals(destination.target().section())
                                || section.equals(
                                        Integer.toString(destination.target().number())))
                        .orElse(true);
    }

    private static String label(Destination destination, String key) {
        return destination
                .labels()
                .value(key)
                .orElse(key.equals(Labels.DISPLAY_NAME) ? destination.service().name() : "");
    }
}
