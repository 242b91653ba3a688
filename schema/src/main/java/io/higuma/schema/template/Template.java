package io.higuma.schema.template;

import io.higuma.model.Problem;
import io.higuma.model.Problems;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Fills `{{ name }}`, `{{{ name }}}` and `{{& name }}` in a text. All three put the value in as it is: the text is
/// YAML, not HTML. A name without a value is a problem, because an empty value would quietly become a wrong address.
/// Sections, partials and comments of Mustache are refused. What belongs to the resource itself stays as it is: names
/// and SPIFFE ids are made with `{{ .Mesh }}` and `{{ label "key" }}`.
public final class Template {

    private static final Pattern TAG = Pattern.compile("\\{\\{(\\{?)([^{}]*)(}?)}}");
    private static final Pattern NAME = Pattern.compile("&?\\s*([A-Za-z0-9_.-]+)");

    private static final Pattern OF_THE_RESOURCE = Pattern.compile("\\.[A-Za-z]+|label\\s+\\\\?\"[^\"]*\"");

    private Template() {}

    /// The text with every tag filled in; tags that could not be filled stay as they are and are told in `problems`.
    public static String fill(String text, Map<String, String> values, Problems problems) {
        Matcher tags = TAG.matcher(text);
        return tags.replaceAll(tag -> Matcher.quoteReplacement(value(text, tag, values, problems)));
    }

    private static String value(String text, MatchResult tag, Map<String, String> values, Problems problems) {
        if (OF_THE_RESOURCE.matcher(tag.group(2).strip()).matches()) {
            return tag.group();
        }
        Matcher name = NAME.matcher(tag.group(2).strip());
        if (!name.matches()) {
            problems.add(new Problem(
                    "", "`" + tag.group() + "` is not a variable: expected `{{ name }}`", location(text, tag.start())));
            return tag.group();
        }
        String value = values.get(name.group(1));
        if (value == null) {
            String known = values.isEmpty() ? "none is given" : "given are " + new TreeSet<>(values.keySet());
            problems.add(new Problem(
                    "", "variable `" + name.group(1) + "` has no value: " + known, location(text, tag.start())));
            return tag.group();
        }
        return value;
    }

    private static Problem.Location location(String text, int offset) {
        int line = 1;
        int begin = 0;
        for (int i = 0; i < offset; i++) {
            if (text.charAt(i) == '\n') {
                line++;
                begin = i + 1;
            }
        }
        return new Problem.Location(line, offset - begin + 1);
    }
}
