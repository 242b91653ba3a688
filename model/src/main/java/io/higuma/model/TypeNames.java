package io.higuma.model;

/// The names of a type in paths, on the command line and on screens (contract 1.1).
///
/// @param path the REST path segment and the plural of the command line, such as `meshtimeouts`
/// @param singular the singular of the command line, such as `meshtimeout`
/// @param shortName the short name in a KRI, such as `mt`; empty for types without KRI
/// @param singularDisplay such as `Mesh Timeout`
/// @param pluralDisplay such as `Mesh Timeouts`
public record TypeNames(String path, String singular, String shortName, String singularDisplay, String pluralDisplay) {}
