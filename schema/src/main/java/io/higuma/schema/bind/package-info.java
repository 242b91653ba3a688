/// Trees to records and back, driven by the records themselves.
///
/// [RecordPlan] reads a record class once: its components, their kinds, and what the annotations
/// say. [Binder] makes records out of trees and collects every problem; [Renderer] makes JSON out
/// of records.
@NullMarked
package io.higuma.schema.bind;

import org.jspecify.annotations.NullMarked;
