/// What the engine measures of itself: counters and distributions that cost nanoseconds, and Flight Recorder events.
@NullMarked
package io.higuma.engine.measure;

import org.jspecify.annotations.NullMarked;
