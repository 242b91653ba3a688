/// `higuma demo`: a shop of real services behind real Envoys, and the story of a mesh told on real requests.
///
/// ```
///   DemoCommand ─▶ Shop     processes: a control plane, services, their Envoys; starts and removes them
///               ─▶ Story    the steps (a) to (g), each a Scene: what is done, promised, observed
///               ─▶ Traffic  steady requests beside the story, each answer counted
///               ─▶ Screen   what a person sees; Report what a program reads
/// ```
///
/// Everything goes the way a person would go: documents and verbs of the client, `higuma dp run`, `higuma cp run`,
/// REST.
@NullMarked
package io.higuma.cli.demo;

import org.jspecify.annotations.NullMarked;
