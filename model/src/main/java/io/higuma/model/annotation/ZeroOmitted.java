package io.higuma.model.annotation;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The first constant of the enum is the protobuf zero of the contract and is not written (contract 3.2, flat types).
/// On
/// an object: its numbers that are zero are not written.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface ZeroOmitted {}
