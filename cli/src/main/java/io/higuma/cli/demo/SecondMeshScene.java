package io.higuma.cli.demo;

import java.io.IOException;
import java.util.List;

/// (h) A second mesh on the same control plane is out of reach.
final class SecondMeshScene implements Scene {

    @Override
    public Step step(Shop shop) {
        return new Step(
                "second-mesh",
                "A second mesh on the same control plane",
                List.of(
                        "(the mesh `bank` with one service, `ledger`; the intruder of the first mesh has an outbound to it)",
                        "higuma dp run --dataplane-file ledger.yaml --dataplane-token-file token-of-the-first-mesh"),
                "from the first mesh ledger cannot be reached, neither through the mesh nor past it, and a token of one mesh does not open the other");
    }

    @Override
    public Step.Observation play(Shop shop) throws IOException, InterruptedException {
        Notes notes = new Notes();
        Member ledger = shop.member("ledger-1");
        Call own = shop.call("ledger-1", "/");
        Call throughMesh = shop.call("intruder-1", "/via/ledger/");
        notes.check(own.ok() && shop.sidecar("ledger-1").connected(), "ledger runs in mesh bank behind its own Envoy");
        notes.check(!throughMesh.ok(), "intruder → ledger through its sidecar: " + Words.of(throughMesh));
        String past = MutualTlsScene.plaintext(ledger);
        notes.check(
                past.startsWith("refused"),
                "past the sidecar, to " + ledger.address() + ":" + ledger.inboundPort() + ": " + past);
        Shop.Stranger stranger = shop.stranger(ledger, "default");
        notes.check(stranger.refused(), "`higuma dp run` with a token of the first mesh: " + stranger.words());
        return notes.observation();
    }
}
