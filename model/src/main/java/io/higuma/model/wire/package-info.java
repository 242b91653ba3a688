/// What goes to a proxy: names, versions and bytes, without any knowledge of what the bytes mean.
@NullMarked
package io.higuma.model.wire;

import org.jspecify.annotations.NullMarked;
