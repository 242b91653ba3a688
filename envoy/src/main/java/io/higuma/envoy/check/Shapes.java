package io.higuma.envoy.check;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/// What messages of a type can hold, however deep. Looking into those that cannot hold what is looked for is most of
/// the work of a walk.
final class Shapes {

    private Shapes() {}

    /// Whether the field holds messages, and one of them, or one inside of them, can be of a type that is looked for.
    /// Costs a walk over the types: for plans that are made once.
    static boolean leads(FieldDescriptor field, Predicate<Descriptor> wanted) {
        return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                && leads(field.getMessageType(), wanted, new HashSet<>());
    }

    private static boolean leads(Descriptor type, Predicate<Descriptor> wanted, Set<Descriptor> seen) {
        if (!seen.add(type)) {
            return false;
        }
        if (wanted.test(type)) {
            return true;
        }
        for (FieldDescriptor field : type.getFields()) {
            if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                    && leads(field.getMessageType(), wanted, seen)) {
                return true;
            }
        }
        return false;
    }
}
