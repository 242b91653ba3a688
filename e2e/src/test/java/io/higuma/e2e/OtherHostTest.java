package io.higuma.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a shipped control plane with its defaults lets callers do that do not come from its own loopback. In the
/// script's network there is a second address: who calls it comes from there, as from another host.
class OtherHostTest {

    private static final String SCRIPT = """
            set -u
            ip address add 10.77.0.1/24 dev lo
            await() { for i in $(seq 600); do eval "$1" >/dev/null 2>&1 && return; sleep 0.1; done; echo "never: $1"; exit 9; }
            ask() { curl -sk -o answer -w '%{http_code}' "$@"; }
            higuma cp run >cp.log 2>&1 &
            await 'curl -sf http://localhost:5680/ready'
            here=http://127.0.0.1:5681 there=http://10.77.0.1:5681 secure=https://10.77.0.1:5682

            echo "read: $(ask $there/meshes)"
            echo "write: $(ask -X PUT -H 'content-type: application/json' -d '{"type": "Mesh", "name": "m"}' $there/meshes/m)"
            cat answer
            echo "write over TLS: $(ask -X PUT -H 'content-type: application/json' -d '{"type": "Mesh", "name": "m"}' $secure/meshes/m)"
            echo "delete: $(ask -X DELETE $there/meshes/default)"
            echo "secrets: $(ask $there/meshes/default/secrets)"
            echo "token: $(ask -X POST -H 'content-type: application/json' -d '{"mesh": "default"}' $there/tokens/dataplane)"
            echo "pretends: $(ask -X DELETE -H 'X-Forwarded-For: 127.0.0.1' -H 'Host: localhost' $there/meshes/default)"
            echo "still there: $(ask $here/meshes/default) $(ask $here/meshes/m)"

            token=$(higuma generate user-token --name admin --group mesh-system:admin --valid-for 1h)
            echo "with a token: $(ask -X PUT -H "authorization: Bearer $token" -H 'content-type: application/json' -d '{"type": "Mesh", "name": "m"}' $secure/meshes/m)"
            echo "here: $(ask -X PUT -H 'content-type: application/json' -d '{"type": "Mesh", "name": "n"}' $here/meshes/n)"
            """;

    @TempDir
    private Path folder;

    @Test
    void anotherHostWritesNothingWithoutAToken() throws Exception {
        Installed.require();

        Installed.Outcome outcome = Installed.run(folder, SCRIPT);

        assertThat(outcome.exitCode()).as("%s", outcome).isZero();
        assertThat(outcome.out())
                .contains("read: 200", "write: 403", "write over TLS: 403", "delete: 403")
                .contains("secrets: 403", "token: 403", "pretends: 403", "still there: 200 404")
                .contains("with a token: 201", "here: 201");
        assertThat(outcome.out())
                .as("the refusal says who was seen and what was wanted")
                .contains("mesh-system:anonymous");
    }
}
