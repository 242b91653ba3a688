/// The only place where the launcher speaks to the C library: replacing the process by another program.
@NullMarked
package io.higuma.dataplane.sys;

import org.jspecify.annotations.NullMarked;
