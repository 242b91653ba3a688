package io.higuma.schema;

import io.higuma.model.Problem;
import io.higuma.model.Resource;
import io.higuma.schema.tree.Node;
import java.util.List;
import java.util.Optional;

/// What became of one document.
public sealed interface Parsed {

    /// A resource that fits its schema; its spec was not checked further yet.
    ///
    /// @param warnings sentences for its author
    /// @param source the document, to tell where later problems stand
    record Ok(Resource resource, List<String> warnings, Node source) implements Parsed {
        public Ok {
            warnings = List.copyOf(warnings);
        }
    }

    /// A document that breaks the schema of its type.
    ///
    /// @param rest the resource without what is wrong, if that does not keep the rest from being
    ///     judged: fields that nobody knows
    record Invalid(Subject subject, List<Problem> problems, Optional<Ok> rest) implements Parsed {
        public Invalid {
            problems = List.copyOf(problems);
        }
    }

    /// A document that cannot be decoded: not JSON or YAML, or a value that is no value of its kind. The contract
    /// answers it in another form than [Invalid].
    record Undecodable(Subject subject, List<Problem> problems) implements Parsed {
        public Undecodable {
            problems = List.copyOf(problems);
        }
    }

    /// What the document said of itself, as far as it could be read.
    record Subject(Optional<String> type, Optional<String> mesh, Optional<String> name) {
        public static final Subject UNKNOWN = new Subject(Optional.empty(), Optional.empty(), Optional.empty());
    }

    /// All problems; none for [Ok].
    default List<Problem> allProblems() {
        return switch (this) {
            case Ok ok -> List.of();
            case Invalid invalid -> invalid.problems();
            case Undecodable undecodable -> undecodable.problems();
        };
    }
}
