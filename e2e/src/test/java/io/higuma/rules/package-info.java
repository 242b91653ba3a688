/// The rules of the house that a machine can check: layers, imports, sizes, names, documents.
@NullMarked
package io.higuma.rules;

import org.jspecify.annotations.NullMarked;
