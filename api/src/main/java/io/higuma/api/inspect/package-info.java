/// Who is selected by what (contract 3.7): answered by the matcher that configuration is made with.
@NullMarked
package io.higuma.api.inspect;

import org.jspecify.annotations.NullMarked;
