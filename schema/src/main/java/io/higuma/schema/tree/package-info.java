/// Text to trees: JSON and YAML, strictly, with the place of every value, within limits.
@NullMarked
package io.higuma.schema.tree;

import org.jspecify.annotations.NullMarked;
