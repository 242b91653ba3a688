/// Resource records, keys, labels, KRI, snapshots and deltas, problems.
@NullMarked
package io.higuma.model;

import org.jspecify.annotations.NullMarked;
