@NullMarked
package io.higuma.dataplane.agent;

import org.jspecify.annotations.NullMarked;
