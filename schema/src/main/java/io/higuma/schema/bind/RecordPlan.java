package io.higuma.schema.bind;

import io.higuma.model.annotation.Default;
import io.higuma.model.annotation.Doc;
import io.higuma.model.annotation.EmptyWritten;
import io.higuma.model.annotation.Form;
import io.higuma.model.annotation.JsonName;
import io.higuma.model.annotation.Listed;
import io.higuma.model.annotation.OneOf;
import io.higuma.model.annotation.Range;
import io.higuma.model.annotation.Required;
import io.higuma.model.annotation.ZeroOmitted;
import io.higuma.model.core.AnyJson;
import io.higuma.model.core.IntOrString;
import io.higuma.model.wire.Bytes;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A record class, read once: everything codec, schema and documentation need to know of it.
public final class RecordPlan {

    private static final Map<Class<?>, RecordPlan> PLANS = new ConcurrentHashMap<>();

    private final Class<?> type;
    private final Constructor<?> constructor;
    private List<Field> fields = List.of();
    private Set<String> names = Set.of();

    private RecordPlan(Class<?> type) {
        this.type = type;
        this.constructor = canonical(type);
        constructor.setAccessible(true);
    }

    private static Constructor<?> canonical(Class<?> type) {
        Class<?>[] components = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            return type.getDeclaredConstructor(components);
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException(type.getName() + " is no record", e);
        }
    }

    /// One component.
    ///
    /// @param optional whether the component is an `Optional`
    /// @param range bounds of the value, its length or its size; null for none
    /// @param fallback the default as JSON text without quotes; null for none
    public record Field(
            String name,
            ValuePlan value,
            boolean optional,
            boolean required,
            Writing writing,
            @Nullable Range range,
            @Nullable String fallback,
            Access access) {

        /// Which least values of the component are written.
        ///
        /// @param zeroOmitted the first constant of an enum is not written in flat types
        /// @param emptyWritten an empty map or list is written
        public record Writing(boolean zeroOmitted, boolean emptyWritten) {}

        /// How the component is read, and what is said about it.
        public record Access(Method accessor, String doc) {}

        Object read(Object holder) {
            try {
                return access.accessor().invoke(holder);
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new IllegalStateException("cannot read " + name, e);
            }
        }

        public String doc() {
            return access.doc();
        }
    }

    public static RecordPlan of(Class<?> type) {
        RecordPlan known = PLANS.get(type);
        if (known != null) {
            return known;
        }
        RecordPlan plan = new RecordPlan(type);
        List<Field> fields = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            fields.add(field(component));
        }
        plan.fields = List.copyOf(fields);
        plan.names = fields.stream().map(Field::name).collect(Collectors.toUnmodifiableSet());
        PLANS.put(type, plan);
        return plan;
    }

    public Class<?> type() {
        return type;
    }

    public List<Field> fields() {
        return fields;
    }

    /// Of the fields.
    Set<String> names() {
        return names;
    }

    Object create(Object[] values) {
        try {
            return constructor.newInstance(values);
        } catch (InstantiationException | IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("cannot make a " + type.getSimpleName(), e);
        }
    }

    private static Field field(RecordComponent component) {
        JsonName renamed = component.getAnnotation(JsonName.class);
        Default fallback = component.getAnnotation(Default.class);
        Doc doc = component.getAnnotation(Doc.class);
        boolean optional = component.getType() == Optional.class;
        Type type = optional ? argument(component.getGenericType(), 0) : component.getGenericType();
        component.getAccessor().setAccessible(true);
        return new Field(
                renamed == null ? component.getName() : renamed.value(),
                value(type, Limits.of(component)),
                optional,
                component.isAnnotationPresent(Required.class),
                new Field.Writing(
                        component.isAnnotationPresent(ZeroOmitted.class),
                        component.isAnnotationPresent(EmptyWritten.class)),
                component.getAnnotation(Range.class),
                fallback == null ? null : fallback.value(),
                new Field.Access(component.getAccessor(), doc == null ? "" : doc.value()));
    }

    private static Type argument(Type generic, int index) {
        return ((ParameterizedType) generic).getActualTypeArguments()[index];
    }

    /// What a component's annotations allow its values to be, beyond their range.
    private record Limits(String form, List<Long> allowed, List<String> listed) {
        static Limits of(RecordComponent component) {
            Form form = component.getAnnotation(Form.class);
            OneOf oneOf = component.getAnnotation(OneOf.class);
            Listed listed = component.getAnnotation(Listed.class);
            return new Limits(
                    form == null ? "" : form.value(),
                    oneOf == null
                            ? List.of()
                            : Arrays.stream(oneOf.value()).boxed().toList(),
                    listed == null ? List.of() : List.of(listed.value()));
        }
    }

    private static ValuePlan value(Type type, Limits limits) {
        if (type instanceof ParameterizedType generic) {
            return generic.getRawType() == List.class
                    ? new ValuePlan.Items(value(argument(type, 0), limits))
                    : new ValuePlan.TextMap();
        }
        Class<?> raw = (Class<?>) type;
        if (raw == String.class) {
            return new ValuePlan.Text(limits.form());
        } else if (raw == int.class || raw == Integer.class) {
            return new ValuePlan.Whole(false, limits.allowed());
        } else if (raw == long.class || raw == Long.class) {
            return new ValuePlan.Whole(true, limits.allowed());
        } else if (raw == boolean.class || raw == Boolean.class) {
            return new ValuePlan.Flag();
        } else if (raw == Duration.class) {
            return new ValuePlan.Span();
        } else if (raw == Bytes.class) {
            return new ValuePlan.Base64();
        } else if (raw == AnyJson.class) {
            return new ValuePlan.Anything();
        } else if (raw == IntOrString.class) {
            return new ValuePlan.WholeOrText();
        } else if (raw.isEnum()) {
            return choice(raw, limits.listed());
        } else if (raw.isRecord()) {
            return new ValuePlan.Nested(of(raw));
        }
        throw new IllegalArgumentException("a spec cannot hold a " + raw.getName());
    }

    private static ValuePlan choice(Class<?> type, List<String> listed) {
        List<Enum<?>> constants = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (Object constant : type.getEnumConstants()) {
            Enum<?> value = (Enum<?>) constant;
            constants.add(value);
            try {
                JsonName name = type.getField(value.name()).getAnnotation(JsonName.class);
                names.add(name == null ? value.name() : name.value());
            } catch (NoSuchFieldException e) {
                throw new IllegalStateException(e);
            }
        }
        return new ValuePlan.Choice(constants, names, listed);
    }
}
