/// Golden cases: folders of input and expected output, compared as text.
///
/// `-Dgolden.update=true` (`./dev golden`) rewrites what is expected and deletes what is no longer
/// made; a file that no case reads is a failure.
@NullMarked
package io.higuma.testkit.golden;

import org.jspecify.annotations.NullMarked;
