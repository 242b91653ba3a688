package io.higuma.policy;

import java.util.List;
import java.util.Optional;

/// One way a request to a destination may take: the first whose match holds counts. Names
/// clusters only, so that equal routes are equal values whatever their services carry.
///
/// @param name identifier of the policy with its rule as the section
/// @param origins identifiers of the policies whose rules were merged, the winner last
public record HttpRoute(String name, Match match, Edits edits, Action action, List<String> origins) {

    public HttpRoute {
        origins = List.copyOf(origins);
    }

    /// All conditions must hold.
    public record Match(Path path, Optional<String> method, List<Header> headers, List<Param> params) {
        public Match {
            headers = List.copyOf(headers);
            params = List.copyOf(params);
        }

        /// Whether every request matches.
        public boolean isEverything() {
            boolean anyPath = path instanceof Path.Anything || path.equals(new Path.Prefix("/"));
            return anyPath && method.isEmpty() && headers.isEmpty() && params.isEmpty();
        }
    }

    public sealed interface Path {
        /// Any path.
        record Anything() implements Path {}

        record Exact(String value) implements Path {}

        /// Whole segments: `/a` matches `/a` and `/a/b`, never `/ab`.
        record Prefix(String value) implements Path {}

        /// An RE2 expression that matches the whole path.
        record Regex(String value) implements Path {}
    }

    public record Header(String name, HeaderKind kind, String value) {}

    public enum HeaderKind {
        EXACT,
        PRESENT,
        REGEX,
        ABSENT,
        PREFIX
    }

    public record Param(String name, boolean regex, String value) {}

    /// What happens to a request and its answer beside where it goes.
    public record Edits(HeaderEdits request, HeaderEdits response, List<Mirror> mirrors) {
        public Edits {
            mirrors = List.copyOf(mirrors);
        }
    }

    public record HeaderEdits(List<Pair> set, List<Pair> add, List<String> remove) {
        public static final HeaderEdits NONE = new HeaderEdits(List.of(), List.of(), List.of());

        public HeaderEdits {
            set = List.copyOf(set);
            add = List.copyOf(add);
            remove = List.copyOf(remove);
        }

        public HeaderEdits and(HeaderEdits more) {
            return new HeaderEdits(joined(set, more.set), joined(add, more.add), joined(remove, more.remove));
        }

        private static <T> List<T> joined(List<T> first, List<T> second) {
            List<T> all = new java.util.ArrayList<>(first);
            all.addAll(second);
            return all;
        }
    }

    public record Pair(String name, String value) {}

    /// A copy of the request whose answer nobody waits for.
    ///
    /// @param perMillion how many of a million requests are copied
    public record Mirror(String cluster, int perMillion) {}

    public sealed interface Action {
        /// @param shares of the traffic; empty if all of it is lost
        /// @param lost what goes nowhere
        record Forward(List<Share> shares, Lost lost, Rewrite rewrite) implements Action {
            public Forward {
                shares = List.copyOf(shares);
            }
        }

        /// @param port 0 for the port of the scheme or of the request
        record Redirect(Optional<String> scheme, Optional<String> host, int port, Optional<NewPath> path, int status)
                implements Action {}
    }

    public record Share(String cluster, long weight) {}

    /// The share of the traffic whose backends do not exist.
    ///
    /// @param reason what a person reads in the answer; empty if nothing is lost
    public record Lost(long weight, String reason) {
        public static final Lost NOTHING = new Lost(0, "");
    }

    public record Rewrite(Optional<String> host, Optional<NewPath> path) {
        public static final Rewrite NONE = new Rewrite(Optional.empty(), Optional.empty());
    }

    public sealed interface NewPath {
        record Full(String value) implements NewPath {}

        /// In place of the prefix that matched.
        record InsteadOfPrefix(String value) implements NewPath {}
    }
}
