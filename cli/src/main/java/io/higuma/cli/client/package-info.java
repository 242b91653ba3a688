/// The REST API of a control plane as a client sees it: requests, answers, and the two ways they fail.
@NullMarked
package io.higuma.cli.client;

import org.jspecify.annotations.NullMarked;
