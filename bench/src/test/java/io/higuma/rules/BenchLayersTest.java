package io.higuma.rules;

/// The rules of the house once more, with the bench among the classes they look at.
class BenchLayersTest extends LayerRulesTest {}
