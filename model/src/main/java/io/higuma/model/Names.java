package io.higuma.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// What names and labels may look like, with the texts of contract 6, which clients match on.
public final class Names {

    /// What is said of a name that is no RFC 1123 subdomain.
    public static final String INVALID_NAME =
            "invalid characters. A lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-'"
                    + " or '.', and must start and end with an alphanumeric character";

    private static final Pattern SUBDOMAIN =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final Pattern MESH_REFERENCE = Pattern.compile("[0-9a-z-_.]*");
    private static final Pattern DNS_1035 = Pattern.compile("[a-z]([-a-z0-9]*[a-z0-9])?");
    private static final Pattern DNS_1123 = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    private static final Pattern QUALIFIED = Pattern.compile("([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]");
    private static final Pattern LABEL_VALUE = Pattern.compile("(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?");
    private static final String DNS_1035_TEXT =
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic"
                    + " character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for"
                    + " validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
    private static final String DNS_1123_TEXT =
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and"
                    + " end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is"
                    + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
    private static final String SUBDOMAIN_TEXT =
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must"
                    + " start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is"
                    + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    private static final int NAME_LIMIT = 253;
    private static final int LABEL_LIMIT = 63;

    private Names() {}

    /// Checks the name of a resource, problems at `name`.
    public static void checkName(String name, Problems problems) {
        checkLength("name", name, problems);
        if (!name.isEmpty() && !SUBDOMAIN.matcher(name).matches()) {
            problems.add("name", INVALID_NAME);
        }
    }

    /// Checks a reference to a mesh, problems at `mesh`: looser than the name of a new mesh, for old ones.
    public static void checkMeshReference(String mesh, Problems problems) {
        checkLength("mesh", mesh, problems);
        if (!MESH_REFERENCE.matcher(mesh).matches()) {
            problems.add(
                    "mesh",
                    "invalid characters. Valid characters are numbers, lowercase latin letters and '-', '_', '.'"
                            + " symbols.");
        }
    }

    private static void checkLength(String field, String value, Problems problems) {
        if (value.isEmpty()) {
            problems.add(field, "cannot be empty");
        } else if (value.length() > NAME_LIMIT) {
            problems.add(field, "value length must less or equal 253");
        }
    }

    /// What keeps a text from being a DNS-1035 label of at most 63 characters; empty if nothing does.
    public static List<String> dns1035(String label) {
        List<String> found = new ArrayList<>();
        if (label.length() > LABEL_LIMIT) {
            found.add("must be no more than 63 characters");
        }
        if (!DNS_1035.matcher(label).matches()) {
            found.add(DNS_1035_TEXT);
        }
        return found;
    }

    /// What keeps a text from being one label of a DNS name (RFC 1123); empty if nothing does.
    public static List<String> dns1123Label(String label) {
        List<String> found = new ArrayList<>();
        if (label.length() > LABEL_LIMIT) {
            found.add("must be no more than 63 characters");
        }
        if (!DNS_1123.matcher(label).matches()) {
            found.add(DNS_1123_TEXT);
        }
        return found;
    }

    /// What keeps a text from being an RFC 1123 subdomain; empty if nothing does.
    public static List<String> subdomain(String name) {
        List<String> found = new ArrayList<>();
        if (name.length() > NAME_LIMIT) {
            found.add("must be no more than 253 characters");
        }
        if (!SUBDOMAIN.matcher(name).matches()) {
            found.add(SUBDOMAIN_TEXT);
        }
        return found;
    }

    /// Checks keys and values of labels, problems at `labels["key"]`.
    public static void checkLabels(Labels labels, Problems problems) {
        labels.entries().forEach((key, value) -> {
            String path = labelPath(key);
            for (String text : labelKey(key)) {
                problems.add(path, text);
            }
            if (value.length() > LABEL_LIMIT) {
                problems.add(path, "must be no more than 63 bytes");
            }
            if (!LABEL_VALUE.matcher(value).matches()) {
                problems.add(
                        path,
                        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.',"
                                + " and must start and end with an alphanumeric character (e.g. 'MyValue',  or"
                                + " 'my_value',  or '12345', regex used for validation is"
                                + " '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')");
            }
        });
    }

    /// The path under which problems of a label are reported.
    public static String labelPath(String key) {
        return "labels[\"" + key + "\"]";
    }

    private static List<String> labelKey(String key) {
        List<String> found = new ArrayList<>();
        String[] parts = key.split("/", -1);
        if (parts.length > 2) {
            found.add(
                    "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end"
                            + " with an alphanumeric character with an optional DNS subdomain prefix and '/' (e.g."
                            + " 'example.com/MyName')");
            return found;
        }
        if (parts.length == 2) {
            if (parts[0].isEmpty()) {
                found.add("prefix part must be non-empty");
            } else {
                subdomain(parts[0].toLowerCase(Locale.ROOT).equals(parts[0]) ? parts[0] : "_")
                        .forEach(text -> found.add("prefix part " + text));
            }
        }
        String name = parts[parts.length - 1];
        if (name.isEmpty()) {
            found.add("name part must be non-empty");
        } else if (name.length() > LABEL_LIMIT) {
            found.add("name part must be no more than 63 bytes");
        }
        if (!QUALIFIED.matcher(name).matches()) {
            found.add(
                    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an"
                            + " alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is"
                            + " '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')");
        }
        return found;
    }
}
