/// The mesh loop: events to snapshots, affected proxies, compilation, receipts, generated resources.
@NullMarked
package io.higuma.engine;

import org.jspecify.annotations.NullMarked;
