package io.higuma.dataplane.tproxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The host's resolvers, as the C library reads them.
class ResolvConfTest {

    @Test
    void serversAndTheirPatienceAreRead() {
        ResolvConf read = ResolvConf.read("""
                # made by hand
                search example.org
                  nameserver 192.0.2.53
                nameserver 2001:db8::53
                nameserver not-an-address
                nameserver
                nameserver 192.0.2.54 ; a comment
                nameserver 192.0.2.55
                options edns0 timeout:2 attempts:3
                """);

        assertThat(read.servers())
                .containsExactly(
                        InetAddress.ofLiteral("192.0.2.53"),
                        InetAddress.ofLiteral("2001:db8::53"),
                        InetAddress.ofLiteral("192.0.2.54"));
        assertThat(read.timeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(read.isOnThisHost()).isFalse();
        assertThat(ResolvConf.read("options timeout:999").timeout()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void withoutAServerItIsThisHost(@TempDir Path folder) {
        ResolvConf none = ResolvConf.of(folder.resolve("absent"));

        assertThat(none.servers()).containsExactly(InetAddress.ofLiteral("127.0.0.1"));
        assertThat(none.isOnThisHost()).isTrue();
        assertThat(ResolvConf.read("nameserver 192.0.2.1\nnameserver 127.0.0.53")
                        .isOnThisHost())
                .isTrue();
        assertThat(ResolvConf.read("nameserver ::1").isOnThisHost()).isTrue();
    }
}
