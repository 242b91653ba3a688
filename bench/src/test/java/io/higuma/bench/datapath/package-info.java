/// Ways compared.
@NullMarked
package io.higuma.bench.datapath;

import org.jspecify.annotations.NullMarked;
