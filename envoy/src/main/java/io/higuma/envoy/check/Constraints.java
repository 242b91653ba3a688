package io.higuma.envoy.check;

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

/// The `validate.rules` that Envoy's protobuf files carry, read by reflection: what breaks one,
/// Envoy refuses. Covers the rules Envoy uses: required, lengths, sizes, uniqueness, ranges of
/// numbers and durations, defined enums, required oneofs. Contents of an `Any` are checked when
/// they are packed.
public final class Constraints {

    private static final long UNBOUNDED = -1;

    private Constraints() {}

    /// Everything a message breaks, as `path: text`; empty if it is sound.
    public static List<String> violations(Message message) {
        List<String> found = new ArrayList<>();
        visit(message, "", found);
        return found;
    }

    private static void visit(Message message, String path, List<String> found) {
        for (OneofDescriptor oneof : message.getDescriptorForType().getRealOneofs()) {
            if (oneof.getOptions().getExtension(Validate.required) && !message.hasOneof(oneof)) {
                found.add(path + oneof.getName() + ": one of its fields is required");
            }
        }
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            Validate.FieldRules rules = field.getOptions().getExtension(Validate.rules);
            String place = path + field.getName();
            if (field.isMapField()) {
                continue;
            }
            if (field.isRepeated()) {
                repeated(message, field, rules, place, found);
            } else {
                single(message, field, rules, place, found);
            }
        }
    }

    private static void repeated(
            Message message, FieldDescriptor field, Validate.FieldRules rules, String place, List<String> found) {
        List<?> items = (List<?>) message.getField(field);
        Validate.RepeatedRules repeated = rules.getRepeated();
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
            value(field, items.get(i), repeated.getItems(), place + "[" + i + "]", found);
        }
    }

    private static void single(
            Message message, FieldDescriptor field, Validate.FieldRules rules, String place, List<String> found) {
        if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
            if (message.hasField(field)) {
                value(field, message.getField(field), rules, place, found);
            } else if (field.getContainingOneof() == null && isRequired(rules)) {
                found.add(place + ": is required");
            }
            return;
        }
        boolean ofUnsetOneof = field.getContainingOneof() != null && !message.hasField(field);
        if (!ofUnsetOneof) {
            value(field, message.getField(field), rules, place, found);
        }
    }

    private static boolean isRequired(Validate.FieldRules rules) {
        return rules.getMessage().getRequired()
                || rules.getDuration().getRequired()
                || rules.getAny().getRequired();
    }

    private static void value(
            FieldDescriptor field, Object value, Validate.FieldRules rules, String place, List<String> found) {
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
        if (value instanceof Message nested && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
            visit(nested, place + ".", found);
        }
    }

    private static void string(String value, Validate.StringRules rules, String place, List<String> found) {
        int bytes = value.getBytes(StandardCharsets.UTF_8).length;
        if (rules.hasMinLen() && value.codePointCount(0, value.length()) < rules.getMinLen()) {
            found.add(place + ": \"" + value + "\" is shorter than " + rules.getMinLen());
        }
        if (rules.hasMinBytes() && bytes < rules.getMinBytes()) {
            found.add(place + ": \"" + value + "\" is shorter than " + rules.getMinBytes() + " bytes");
        }
        if (rules.hasMaxBytes() && bytes > rules.getMaxBytes()) {
            found.add(place + ": is longer than " + rules.getMaxBytes() + " bytes");
        }
        boolean headerText = rules.hasWellKnownRegex() || rules.hasStrict();
        if (headerText && value.chars().anyMatch(c -> c == '\0' || c == '\r' || c == '\n')) {
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

    private static void number(long value, long min, long max, String place, List<String> found) {
        if (Long.compareUnsigned(value, min) < 0) {
            found.add(place + ": " + value + " is less than " + min);
        }
        if (Long.compareUnsigned(value, max) > 0) {
            found.add(place + ": " + value + " is more than " + max);
        }
    }

    private static void duration(Duration value, Validate.DurationRules rules, String place, List<String> found) {
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
