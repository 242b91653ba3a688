/// `{{ name }}` in the files people write: the small part of Mustache that they use.
@NullMarked
package io.higuma.schema.template;

import org.jspecify.annotations.NullMarked;
