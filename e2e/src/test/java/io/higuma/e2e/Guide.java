package io.higuma.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A page of `docs/guides` as a person follows it: files to write, and commands to type, each of them shown with what
/// it prints or without.
///
/// | on the page | here |
/// |---|---|
/// | a `yaml` block after a line that ends with a file name in backquotes and a colon | a document |
/// | a `sh` block | commands, on the host that the comment `<!-- on: HOST -->` before it names |
/// | a block without a language right after it | what they print |
///
/// @param documents text by file name
record Guide(Map<String, String> documents, List<Typed> commands) {

    private static final Pattern DOCUMENT = Pattern.compile("`([a-z]+\\.yaml)`:\n\n```yaml\n(.*?)```", Pattern.DOTALL);
    private static final Pattern COMMANDS =
            Pattern.compile("<!-- on: ([a-z]+) -->|```sh\n(.*?)```(?:\\s*```\n(.*?)```)?", Pattern.DOTALL);

    /// @param host empty where the page has one host only
    /// @param shown what is printed according to the page, line by line; empty if it does not say
    record Typed(String host, String text, List<String> shown) {}

    static Guide read(String page) throws IOException {
        String text = Files.readString(Path.of(System.getProperty("higuma.root", ".."))
                .toAbsolutePath()
                .normalize()
                .resolve("docs/guides")
                .resolve(page));
        Map<String, String> documents = new TreeMap<>();
        DOCUMENT.matcher(text).results().forEach(found -> documents.put(found.group(1), found.group(2)));
        List<Typed> commands = new ArrayList<>();
        String host = "";
        Matcher found = COMMANDS.matcher(text);
        while (found.find()) {
            if (found.group(1) != null) {
                host = found.group(1);
            } else {
                List<String> shown = found.group(3) == null
                        ? List.of()
                        : found.group(3).lines().toList();
                commands.add(new Typed(host, found.group(2).strip(), shown));
            }
        }
        return new Guide(documents, commands);
    }

    /// Writes the documents, as the page says.
    void writeTo(Path folder) throws IOException {
        for (Map.Entry<String, String> document : documents.entrySet()) {
            Files.writeString(folder.resolve(document.getKey()), document.getValue());
        }
    }
}
