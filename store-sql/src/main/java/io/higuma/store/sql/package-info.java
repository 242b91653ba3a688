/// The JDBC store: SQLite.
@NullMarked
package io.higuma.store.sql;

import org.jspecify.annotations.NullMarked;
