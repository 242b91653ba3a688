/// Resources as text: strict YAML and JSON, and JSON Schema, all driven by the records of `model`.
///
/// The way in: bytes, then [io.higuma.schema.tree] (a tree in which every value knows its line and column, within
/// limits), then [io.higuma.schema.bind] (a record, or every problem at once), then the validator of the type.
/// [ResourceReader] does the first three for requests and files and gives a [Parsed]; [Schemas#check(Parsed.Ok)] does
/// the last. What the control plane checks beyond the document is `RequestChecks` of `model`.
///
/// The way out: [ResourceWriter] writes what the contract shows to clients, [BodyCodec] what a store keeps, and
/// [JsonSchema] what editors want to know.
///
/// Two forms exist side by side (contract 1.1): types with a `spec` are judged by a schema, flat types follow
/// protobuf's JSON. The difference is one enum, [io.higuma.schema.bind.Dialect].
@NullMarked
package io.higuma.schema;

import org.jspecify.annotations.NullMarked;
