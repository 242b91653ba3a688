/// Settings: what there is to set, where a value came from, and the records the program reads.
@NullMarked
package io.higuma.controlplane.config;

import org.jspecify.annotations.NullMarked;
