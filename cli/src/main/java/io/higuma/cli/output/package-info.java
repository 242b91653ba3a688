/// What the commands print: tables for people, YAML and JSON for programs.
@NullMarked
package io.higuma.cli.output;

import org.jspecify.annotations.NullMarked;
