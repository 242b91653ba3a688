package io.higuma.model.core;

/// A value that may be written as a number or as text: a target port, for one.
public sealed interface IntOrString {

    record OfInt(int value) implements IntOrString {
        @Override
        public String toString() {
            return Integer.toString(value);
        }
    }

    record OfString(String value) implements IntOrString {
        @Override
        public String toString() {
            return value;
        }
    }
}
