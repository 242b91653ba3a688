/// The persistent collections of the snapshot, behind our own interface.
@NullMarked
package io.higuma.model.collect;

import org.jspecify.annotations.NullMarked;
