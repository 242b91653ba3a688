package io.higuma.envoy.check;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.WireFormat;
import io.envoyproxy.pgv.validate.Validate;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The `validate.rules` that Envoy's protobuf files carry, asked of a message's bytes: what breaks one, Envoy refuses.
/// Covers the rules Envoy uses: required, lengths, sizes, uniqueness, ranges of numbers and durations, defined enums,
/// required oneofs. Contents of an `Any` are checked when they are packed.
///
/// A message has few of the fields that its type has, so that its bytes are looked at and not its fields one by one.
public final class Constraints {

    private static final long UNBOUNDED = -1;

    /// The only field of the messages that make a value optional, such as `google.protobuf.UInt32Value`.
    private static final int WRAPPED = UInt32Value.VALUE_FIELD_NUMBER;

    private static final Map<Descriptor, Plan> PLANS = new ConcurrentHashMap<>();

    private Constraints() {}

    /// What has to be looked at in messages of one type; found once, because most fields have no rule.
    ///
    /// @param byNumber by number of the field; without those that do not matter
    /// @param missed those that must not be absent, or that must have a number of items
    /// @param oneofs of which one field is required
    /// @param slots places to count in: one for each of `oneofs`, then one for each field of `byNumber`
    private record Plan(Map<Integer, Looked> byNumber, List<Looked> missed, List<OneofDescriptor> oneofs, int slots) {

        static Plan of(Descriptor type) {
            Plan known = PLANS.get(type);
            if (known == null) {
                known = make(type);
                PLANS.put(type, known);
            }
            return known;
        }

        private static Plan make(Descriptor type) {
            List<OneofDescriptor> oneofs =
                    type.getRealOneofs().stream().filter(Plan::isRequired).toList();
            Map<Integer, Looked> byNumber = new HashMap<>();
            List<Looked> missed = new ArrayList<>();
            int slots = 0;
            for (FieldDescriptor field : type.getFields()) {
                int oneof = oneofs.indexOf(field.getContainingOneof());
                Looked looked = new Looked(
                        field,
                        field.isMapField() ? Validate.FieldRules.getDefaultInstance() : rules(field),
                        !field.isMapField() && Shapes.leads(field, Plan::binds),
                        oneofs.size() + slots,
                        oneof);
                if (looked.matters() || oneof >= 0) {
                    byNumber.put(field.getNumber(), looked);
                    slots++;
                }
                if (looked.absent() != null || looked.isCounted()) {
                    missed.add(looked);
                }
            }
            return new Plan(Map.copyOf(byNumber), List.copyOf(missed), oneofs, oneofs.size() + slots);
        }

        /// Whether a type has rules of its own.
        private static boolean binds(Descriptor type) {
            return type.getRealOneofs().stream().anyMatch(Plan::isRequired)
                    || type.getFields().stream().anyMatch(field -> !field.isMapField() && !isFree(rules(field)));
        }

        private static boolean isRequired(OneofDescriptor oneof) {
            return oneof.getOptions().getExtension(Validate.required);
        }

        private static Validate.FieldRules rules(FieldDescriptor field) {
            return field.getOptions().getExtension(Validate.rules);
        }
    }

    private static boolean isFree(Validate.FieldRules rules) {
        return rules.equals(Validate.FieldRules.getDefaultInstance());
    }

    /// A field that has rules or is of a oneof that has.
    ///
    /// @param nested whether its values are messages that may break something
    /// @param slot where it is counted
    /// @param oneof where its oneof is counted; -1 if that is not required
    /// @param absent what is wrong if it is not there; null if nothing
    private record Looked(
            FieldDescriptor field,
            Validate.FieldRules rules,
            boolean nested,
            int slot,
            int oneof,
            @Nullable String absent) {

        Looked(FieldDescriptor field, Validate.FieldRules rules, boolean nested, int slot, int oneof) {
            this(field, rules, nested, slot, oneof, absent(field, rules));
        }

        boolean matters() {
            return nested || !isFree(rules);
        }

        boolean isWrapped() {
            return field.getJavaType() == JavaType.MESSAGE;
        }

        boolean isCounted() {
            return field.isRepeated() && !isFree(rules);
        }

        /// In a oneof, or declared `optional`, it may be absent; else a number or text that is absent is 0 or empty.
        private static @Nullable String absent(FieldDescriptor field, Validate.FieldRules rules) {
            if (field.isRepeated() || field.getContainingOneof() != null) {
                return null;
            }
            if (field.getJavaType() == JavaType.MESSAGE) {
                boolean required = rules.getMessage().getRequired()
                        || rules.getDuration().getRequired()
                        || rules.getAny().getRequired();
                return required ? "is required" : null;
            }
            return switch (rules.getTypeCase()) {
                case STRING -> string("", rules.getString());
                case BYTES -> bytes(0, rules.getBytes());
                case UINT32, UINT64 -> number(0, rules);
                default -> null;
            };
        }
    }

    /// Where something is, written out only if it is wrong.
    private record Place(@Nullable Place parent, String name, int index) {

        @Override
        public String toString() {
            String own = index < 0 ? name : name + "[" + index + "]";
            return parent == null ? own : parent + "." + own;
        }
    }

    /// Everything a message breaks, as `path: text`; empty if it is sound.
    ///
    /// @param message of the type, encoded
    public static List<String> violations(Descriptor type, byte[] message) {
        List<String> found = new ArrayList<>();
        visit(Plan.of(type), Fields.of(message), null, found);
        return found;
    }

    private static void visit(Plan plan, Fields message, @Nullable Place parent, List<String> found) {
        int[] counts = new int[plan.slots()];
        while (message.next()) {
            Looked looked = plan.byNumber().get(message.number());
            if (looked == null) {
                continue;
            }
            if (looked.oneof() >= 0) {
                counts[looked.oneof()]++;
            }
            if (!looked.field().isRepeated()) {
                counts[looked.slot()]++;
                value(looked, looked.rules(), message, parent, -1, found);
            } else if (message.isSized() && looked.field().isPackable()) {
                counts[looked.slot()] += packed(looked, message.inside(), parent, found);
            } else {
                int index = counts[looked.slot()]++;
                value(looked, looked.rules().getRepeated().getItems(), message, parent, index, found);
            }
        }
        for (int i = 0; i < plan.oneofs().size(); i++) {
            if (counts[i] == 0) {
                found.add(new Place(parent, plan.oneofs().get(i).getName(), -1) + ": one of its fields is required");
            }
        }
        for (Looked looked : plan.missed()) {
            int count = counts[looked.slot()];
            String wrong = looked.isCounted()
                    ? items(count, looked.rules().getRepeated())
                    : count == 0 ? looked.absent() : null;
            if (wrong == null && count > 1 && looked.rules().getRepeated().getUnique()) {
                wrong = unique(looked.field().getNumber(), message.again());
            }
            report(wrong, parent, looked, -1, found);
        }
    }

    private static void report(
            @Nullable String wrong, @Nullable Place parent, Looked looked, int index, List<String> found) {
        if (wrong != null) {
            found.add(new Place(parent, looked.field().getName(), index) + ": " + wrong);
        }
    }

    /// @param rules of the value: those of the field, or of the items of a repeated one
    /// @param index of the item; -1 if the field is not repeated
    private static void value(
            Looked looked,
            Validate.FieldRules rules,
            Fields at,
            @Nullable Place parent,
            int index,
            List<String> found) {
        String wrong = switch (rules.getTypeCase()) {
            case STRING -> string(looked.isWrapped() ? at.inside().textOf(WRAPPED) : at.text(), rules.getString());
            case BYTES -> bytes(at.size(), rules.getBytes());
            case UINT32, UINT64 -> number(looked.isWrapped() ? at.inside().valueOf(WRAPPED) : at.value(), rules);
            case ENUM -> member(at.value(), looked.field().getEnumType(), rules.getEnum());
            case DURATION -> duration(at.inside(), rules.getDuration());
            default -> null; // no rule about this value
        };
        report(wrong, parent, looked, index, found);
        if (looked.nested()) {
            Place place = new Place(parent, looked.field().getName(), index);
            visit(Plan.of(looked.field().getMessageType()), at.inside(), place, found);
        }
    }

    /// @return how many there are
    private static int packed(Looked looked, Fields numbers, @Nullable Place parent, List<String> found) {
        int wire = looked.field().getLiteType().getWireType();
        if (wire != WireFormat.WIRETYPE_VARINT) {
            return numbers.remaining() / (wire == WireFormat.WIRETYPE_FIXED64 ? Long.BYTES : Integer.BYTES);
        }
        Validate.FieldRules rules = looked.rules().getRepeated().getItems();
        int index = 0;
        while (numbers.remaining() > 0) {
            long number = numbers.packed();
            String wrong = switch (rules.getTypeCase()) {
                case UINT32, UINT64 -> number(number, rules);
                case ENUM -> member(number, looked.field().getEnumType(), rules.getEnum());
                default -> null; // no rule about this value
            };
            report(wrong, parent, looked, index++, found);
        }
        return index;
    }

    private static @Nullable String items(int count, Validate.RepeatedRules rules) {
        if (rules.hasMinItems() && count < rules.getMinItems()) {
            return "has " + count + " items, needs " + rules.getMinItems();
        }
        if (rules.hasMaxItems() && count > rules.getMaxItems()) {
            return "has " + count + " items, at most " + rules.getMaxItems();
        }
        return null;
    }

    private static @Nullable String unique(int number, Fields message) {
        Set<String> different = new HashSet<>();
        int count = 0;
        while (message.next()) {
            if (message.number() == number) {
                count++;
                different.add(message.text());
            }
        }
        return different.size() < count ? "items must differ" : null;
    }

    private static @Nullable String string(String value, Validate.StringRules rules) {
        if (rules.hasMinLen() && value.codePointCount(0, value.length()) < rules.getMinLen()) {
            return "\"" + value + "\" is shorter than " + rules.getMinLen();
        }
        if (rules.hasMinBytes() || rules.hasMaxBytes()) {
            int bytes = value.getBytes(StandardCharsets.UTF_8).length;
            if (rules.hasMinBytes() && bytes < rules.getMinBytes()) {
                return "\"" + value + "\" is shorter than " + rules.getMinBytes() + " bytes";
            }
            if (rules.hasMaxBytes() && bytes > rules.getMaxBytes()) {
                return "is longer than " + rules.getMaxBytes() + " bytes";
            }
        }
        boolean headerText = rules.hasWellKnownRegex() || rules.hasStrict();
        boolean broken = value.indexOf('\0') >= 0 || value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0;
        return headerText && broken ? "holds a line break or a zero" : null;
    }

    private static @Nullable String bytes(int size, Validate.BytesRules rules) {
        return rules.hasMinLen() && size < rules.getMinLen() ? "is shorter than " + rules.getMinLen() + " bytes" : null;
    }

    private static @Nullable String number(long value, Validate.FieldRules rules) {
        if (rules.hasUint32()) {
            Validate.UInt32Rules r = rules.getUint32();
            long min = r.hasGt() ? r.getGt() + 1L : r.getGte();
            long max = r.hasLt() ? r.getLt() - 1L : r.hasLte() ? r.getLte() : UNBOUNDED;
            return number(value, min, max);
        }
        Validate.UInt64Rules r = rules.getUint64();
        long min = r.hasGt() ? r.getGt() + 1L : r.getGte();
        long max = r.hasLt() ? r.getLt() - 1L : r.hasLte() ? r.getLte() : UNBOUNDED;
        return number(value, min, max);
    }

    private static @Nullable String number(long value, long min, long max) {
        if (Long.compareUnsigned(value, min) < 0) {
            return value + " is less than " + min;
        }
        return Long.compareUnsigned(value, max) > 0 ? value + " is more than " + max : null;
    }

    private static @Nullable String member(long value, EnumDescriptor type, Validate.EnumRules rules) {
        return rules.getDefinedOnly() && type.findValueByNumber((int) value) == null
                ? value + " is no value of its enum"
                : null;
    }

    private static @Nullable String duration(Fields value, Validate.DurationRules rules) {
        java.time.Duration given = java.time.Duration.ofSeconds(
                value.again().valueOf(Duration.SECONDS_FIELD_NUMBER),
                value.again().valueOf(Duration.NANOS_FIELD_NUMBER));
        if (rules.hasGt() && given.compareTo(of(rules.getGt())) <= 0) {
            return given + " must be more than " + of(rules.getGt());
        }
        if (rules.hasGte() && given.compareTo(of(rules.getGte())) < 0) {
            return given + " must be at least " + of(rules.getGte());
        }
        if (rules.hasLt() && given.compareTo(of(rules.getLt())) >= 0) {
            return given + " must be less than " + of(rules.getLt());
        }
        return null;
    }

    private static java.time.Duration of(Duration duration) {
        return java.time.Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
    }
}
