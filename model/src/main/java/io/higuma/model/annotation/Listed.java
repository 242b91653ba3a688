package io.higuma.model.annotation;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The names of a [io.higuma.model.core.Protocol] that the contract's schema lists for this component, in its order:
/// nothing else is taken. Elsewhere a protocol is plain text in that schema and judged after it, by milder rules.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Listed {
    String[] value();
}
