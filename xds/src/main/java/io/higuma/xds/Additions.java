package io.higuma.xds;

import io.higuma.model.wire.WireResource;
import java.util.List;

/// What goes into one response.
///
/// @param resources that the client lacks, or holds in another version
/// @param missing names that it asked for and that do not exist
record Additions(List<WireResource> resources, List<String> missing) {}
