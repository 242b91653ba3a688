/// The documents people apply: YAML or JSON, read with the place of every value, so that a refusal by the control plane
/// can be shown at the line that caused it.
@NullMarked
package io.higuma.cli.document;

import org.jspecify.annotations.NullMarked;
