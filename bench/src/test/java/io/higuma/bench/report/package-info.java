/// Numbers and pages.
@NullMarked
package io.higuma.bench.report;

import org.jspecify.annotations.NullMarked;
