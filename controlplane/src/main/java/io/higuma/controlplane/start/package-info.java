/// What a control plane has from its first start: its store, its secrets, its default resources.
@NullMarked
package io.higuma.controlplane.start;

import org.jspecify.annotations.NullMarked;
