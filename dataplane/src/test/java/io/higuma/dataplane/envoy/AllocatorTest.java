package io.higuma.dataplane.envoy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class AllocatorTest {

    @Test
    void theRegistrationIsLeftToTheAllocator() {
        assertThat(Allocator.variables(Map.of("PATH", "/bin")))
                .isEqualTo(Map.of("GLIBC_TUNABLES", "glibc.pthread.rseq=0"));
    }

    @Test
    void otherTunablesOfTheUserStay() {
        assertThat(Allocator.variables(Map.of("GLIBC_TUNABLES", "glibc.malloc.check=3:glibc.elision.enable=1")))
                .isEqualTo(
                        Map.of("GLIBC_TUNABLES", "glibc.malloc.check=3:glibc.elision.enable=1:glibc.pthread.rseq=0"));
    }

    @Test
    void whoDecidesItHimselfIsHeard() {
        assertThat(Allocator.variables(Map.of("GLIBC_TUNABLES", "glibc.malloc.check=3:glibc.pthread.rseq=1")))
                .isEmpty();
    }
}
