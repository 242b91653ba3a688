/// The annotations on record components from which codec, schema and documentation are made.
@NullMarked
package io.higuma.model.annotation;

import org.jspecify.annotations.NullMarked;
