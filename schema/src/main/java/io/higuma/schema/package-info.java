/// Strict YAML and JSON codec; JSON Schema and documentation from the records.
@NullMarked
package io.higuma.schema;

import org.jspecify.annotations.NullMarked;
