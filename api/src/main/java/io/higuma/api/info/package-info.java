/// What the control plane tells of itself, its types and its proxies (contract 3.6).
@NullMarked
package io.higuma.api.info;

import org.jspecify.annotations.NullMarked;
