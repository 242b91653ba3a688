/// What came out: numbers, JSON lines, a page with pictures, and a table on the terminal.
@NullMarked
package io.higuma.bench.report;

import org.jspecify.annotations.NullMarked;
