/// Flight Recorder events of the stages that a change goes through in the engine. On in every
/// recording; a stage without a recording allocates nothing.
@NullMarked
package io.higuma.engine.flight;

import org.jspecify.annotations.NullMarked;
