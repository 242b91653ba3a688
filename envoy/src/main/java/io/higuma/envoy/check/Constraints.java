package io.higuma.envoy.check;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import io.envoyproxy.pgv.validate.Validate;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The `validate.rules` that Envoy's protobuf files carry, read by reflection: what breaks one,
/// Envoy refuses. Covers the rules Envoy uses: required, lengths, sizes, uniqueness, ranges of
/// numbers and durations, defined enums, required oneofs. Contents of an `Any` are checked when
/// they are packed.
public final class Constraints {

    private static final long UNBOUNDED = -1;

    private static final Map<Descriptor, Plan> PLANS = new ConcurrentHashMap<>();

    private Constraints() {}

    /// What has to be looked at in messages of one type; found once, because most fields have no rule.
    private record Plan(List<OneofDescriptor> required, List<Ruled> fields) {

        static Plan of(Descriptor type) {
            Plan known = PLANS.get(type);
            if (known == null) {
                known = new Plan(
                        type.getRealOneofs().stream()
                                .filter(oneof -> oneof.getOptions().getExtension(Validate.required))
                                .toList(),
                        type.getFields().stream()
                                .filter(field -> !field.isMapField())
                                .map(field -> new Ruled(field, rules(field), Shapes.leads(field, Plan::binds)))
                                .filter(ruled -> ruled.nested() || !isFree(ruled.rules()))
                                .toList());
                PLANS.put(type, known);
            }
            return known;
        }

        /// Whether a type has rules of its own.
        private static boolean binds(Descriptor type) {
            return type.getRealOneofs().stream().anyMatch(o -> o.getOptions().getExtension(Validate.required))
                    || type.getFields().stream().anyMatch(field -> !field.isMapField() && !isFree(rules(field)));
        }

        private static Validate.FieldRules rules(FieldDescriptor field) {
            return field.getOptions().getExtension(Validate.rules);
        }

        private static boolean isFree(Validate.FieldRules rules) {
            return rules.equals(Validate.FieldRules.getDefaultInstance());
        }
    }

    /// @param nested whether its values are messages that may break something
    private record Ruled(FieldDescriptor field, Validate.FieldRules rules, boolean nested) {}

    /// Where something is, written out only if it is wrong.
    private record Place(@Nullable Place parent, String name) {
        @Override
        public String toString() {
            return parent == null ? name : parent + "." + name;
        }
    }

    /// Everything a message breaks, as `path: text`; empty if it is sound.
    public static List<String> violations(Message message) {
        List<String> found = new ArrayList<>();
        visit(message, null, found);
        return found;
    }

    private static void visit(Message message, @Nullable Place parent, List<String> found) {
        Plan plan = Plan.of(message.getDescriptorForType());
        for (OneofDescriptor oneof : plan.required()) {
            if (!message.hasOneof(oneof)) {
                found.add(new Place(parent, oneof.getName()) + ": one of its fields is required");
            }
        }
        for (Ruled ruled : plan.fields()) {
            Place place = new Place(parent, ruled.field().getName());
            if (ruled.field().isRepeated()) {
                repeated(message, ruled, place, found);
            } else {
                single(message, ruled, place, found);
            }
        }
    }

    private static void repeated(Message message, Ruled ruled, Place place, List<String> found) {
        List<?> items = (List<?>) message.getField(ruled.field());
        Validate.RepeatedRules repeated = ruled.rules().getRepeated();
        if (repeated.hasMinItems() && items.size() < repeated.getMinItems()) {
            found.add(place + ": has " + items.size() + " items, needs " + repeated.getMinItems());
        }
        if (repeated.hasMaxItems() && items.size() > repeated.getMaxItems()) {
            found.add(place + ": has " + items.size() + " items, at most " + repeated.getMaxItems());
        }
        if (repeated.getUnique() && new HashSet<Object>(items).size() < items.size()) {
            found.add(place + ": items must differ");
        }
        for (int i = 0; i < items.size(); i++) {
            value(
                    ruled,
                    items.get(i),
                    repeated.getItems(),
                    new Place(place.parent(), place.name() + "[" + i + "]"),
                    found);
        }
    }

    private static void single(Message message, Ruled ruled, Place place, List<String> found) {
        FieldDescriptor field = ruled.field();
        if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
            if (message.hasField(field)) {
                value(ruled, message.getField(field), ruled.rules(), place, found);
            } else if (field.getContainingOneof() == null && isRequired(ruled.rules())) {
                found.add(place + ": is required");
            }
            return;
        }
        boolean ofUnsetOneof = field.getContainingOneof() != null && !message.hasField(field);
        if (!ofUnsetOneof) {
            value(ruled, message.getField(field), ruled.rules(), place, found);
        }
    }

    private static boolean isRequired(Validate.FieldRules rules) {
        return rules.getMessage().getRequired()
                || rules.getDuration().getRequired()
                || rules.getAny().getRequired();
    }

    /// @param rules of the value: those of the field, or of the items of a repeated one
    private static void value(Ruled ruled, Object value, Validate.FieldRules rules, Place place, List<String> found) {
        switch (rules.getTypeCase()) {
            case STRING -> string((String) value, rules.getString(), place, found);
            case BYTES -> {
                if (rules.getBytes().hasMinLen()
                        && ((com.google.protobuf.ByteString) value).size()
                                < rules.getBytes().getMinLen()) {
                    found.add(place + ": is shorter than " + rules.getBytes().getMinLen() + " bytes");
                }
            }
            case UINT32 -> {
                Validate.UInt32Rules r = rules.getUint32();
                long min = r.hasGt() ? r.getGt() + 1L : r.getGte();
                long max = r.hasLt() ? r.getLt() - 1L : r.hasLte() ? r.getLte() : UNBOUNDED;
                number(unwrap(value), min, max, place, found);
            }
            case UINT64 -> {
                Validate.UInt64Rules r = rules.getUint64();
                long min = r.hasGt() ? r.getGt() + 1L : r.getGte();
                long max = r.hasLt() ? r.getLt() - 1L : r.hasLte() ? r.getLte() : UNBOUNDED;
                number(unwrap(value), min, max, place, found);
            }
            case ENUM -> {
                if (rules.getEnum().getDefinedOnly() && ((EnumValueDescriptor) value).getIndex() < 0) {
                    found.add(place + ": is no value of its enum");
                }
            }
            case DURATION -> duration((Duration) value, rules.getDuration(), place, found);
            default -> {
                // no rule about this value
            }
        }
        if (ruled.nested() && value instanceof Message nested) {
            visit(nested, place, found);
        }
    }

    private static void string(String value, Validate.StringRules rules, Place place, List<String> found) {
        if (rules.hasMinLen() && value.codePointCount(0, value.length()) < rules.getMinLen()) {
            found.add(place + ": \"" + value + "\" is shorter than " + rules.getMinLen());
        }
        if (rules.hasMinBytes() || rules.hasMaxBytes()) {
            int bytes = value.getBytes(StandardCharsets.UTF_8).length;
            if (rules.hasMinBytes() && bytes < rules.getMinBytes()) {
                found.add(place + ": \"" + value + "\" is shorter than " + rules.getMinBytes() + " bytes");
            }
            if (rules.hasMaxBytes() && bytes > rules.getMaxBytes()) {
                found.add(place + ": is longer than " + rules.getMaxBytes() + " bytes");
            }
        }
        boolean headerText = rules.hasWellKnownRegex() || rules.hasStrict();
        if (headerText && (value.indexOf('\0') >= 0 || value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0)) {
            found.add(place + ": holds a line break or a zero");
        }
    }

    private static long unwrap(Object value) {
        return switch (value) {
            case Integer number -> Integer.toUnsignedLong(number);
            case Long number -> number;
            case com.google.protobuf.UInt32Value wrapper -> Integer.toUnsignedLong(wrapper.getValue());
            case com.google.protobuf.UInt64Value wrapper -> wrapper.getValue();
            default -> throw new IllegalStateException("no number: " + value.getClass());
        };
    }

    private static void number(long value, long min, long max, Place place, List<String> found) {
        if (Long.compareUnsigned(value, min) < 0) {
            found.add(place + ": " + value + " is less than " + min);
        }
        if (Long.compareUnsigned(value, max) > 0) {
            found.add(place + ": " + value + " is more than " + max);
        }
    }

    private static void duration(Duration value, Validate.DurationRules rules, Place place, List<String> found) {
        java.time.Duration given = java.time.Duration.ofSeconds(value.getSeconds(), value.getNanos());
        if (rules.hasGt() && given.compareTo(of(rules.getGt())) <= 0) {
            found.add(place + ": " + given + " must be more than " + of(rules.getGt()));
        }
        if (rules.hasGte() && given.compareTo(of(rules.getGte())) < 0) {
            found.add(place + ": " + given + " must be at least " + of(rules.getGte()));
        }
        if (rules.hasLt() && given.compareTo(of(rules.getLt())) >= 0) {
            found.add(place + ": " + given + " must be less than " + of(rules.getLt()));
        }
    }

    private static java.time.Duration of(Duration duration) {
        return java.time.Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
    }
}
