package io.higuma.dataplane.tproxy;

import io.higuma.dataplane.tproxy.TransparentProxyConfig.ProxyUser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The users of this host.
///
/// @param lines of `/etc/passwd`
public record Users(List<String> lines) {

    private static final int USUAL = 5678;
    private static final String USUAL_NAME = "kuma-dp";

    public Users {
        lines = List.copyOf(lines);
    }

    public static Users ofHost() {
        try {
            return new Users(Files.readAllLines(Path.of("/etc/passwd"), StandardCharsets.UTF_8));
        } catch (IOException absent) {
            return new Users(List.of());
        }
    }

    /// The user of that name or number. A number needs no entry: its group has the same number then.
    public Optional<ProxyUser> find(String nameOrId) {
        Optional<ProxyUser> known = lines.stream()
                .map(line -> line.split(":", -1))
                .filter(fields -> fields.length > 3 && (fields[0].equals(nameOrId) || fields[2].equals(nameOrId)))
                .filter(fields ->
                        number(fields[2]).isPresent() && number(fields[3]).isPresent())
                .map(fields -> new ProxyUser(Integer.parseInt(fields[2]), Integer.parseInt(fields[3])))
                .findFirst();
        return known.isPresent() ? known : number(nameOrId).map(id -> new ProxyUser(id, id));
    }

    /// Who it is if nobody is named: user `kuma-dp` if there is one and none has id 5678, else 5678.
    ProxyUser usual() {
        boolean taken = lines.stream()
                .anyMatch(
                        line -> line.split(":", -1).length > 2 && line.split(":", -1)[2].equals(String.valueOf(USUAL)));
        Optional<ProxyUser> named = taken ? Optional.empty() : find(USUAL_NAME);
        return named.orElseGet(() -> find(String.valueOf(USUAL)).orElseThrow());
    }

    private static Optional<Integer> number(String text) {
        return Range.parse(text, 0, Integer.MAX_VALUE)
                .filter(range -> range.first() == range.last())
                .map(range -> (int) range.first());
    }
}
