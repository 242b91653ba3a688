package io.higuma.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/// Sizes and marks, read from the sources themselves.
class SourceRulesTest {

    private static final int FILE_LINES = 500;
    private static final int METHOD_LINES = 60;
    private static final int RECORD_COMPONENTS = 8;
    private static final Pattern MARK =
            Pattern.compile("\\b(TODO|FIXME|XXX)\\b|Thread\\.sleep\\(|@Disabled\\b|assertTrue\\(true\\)");

    private static final Path ROOT = Path.of(System.getProperty("higuma.root", ".."));

    @Test
    void aFileHasAtMost500Lines() {
        List<String> tooLong = sources("main", "test").stream()
                .filter(file -> lines(file).size() > FILE_LINES)
                .map(file -> ROOT.relativize(file) + ": " + lines(file).size() + " lines")
                .toList();

        assertThat(tooLong).isEmpty();
    }

    @Test
    void aMethodHasAtMost60Lines() throws IOException {
        assertThat(scan(sources("main"), MethodLength::new)).isEmpty();
    }

    /// Records that mirror the shape of the contract have the contract's fields, however many they are.
    @Test
    void aRecordHasAtMost8ComponentsUnlessTheContractGivesItMore() throws IOException {
        List<Path> own = sources("main").stream()
                .filter(file -> !file.toString().contains("/model/core/"))
                .filter(file -> !file.toString().contains("/higuma/policies/"))
                .toList();

        assertThat(scan(own, RecordWidth::new)).isEmpty();
    }

    @Test
    void nobodySleepsOrLeavesAMark() {
        List<String> marks = new ArrayList<>();
        for (Path file : sources("main", "test")) {
            if (file.endsWith(Path.of("SourceRulesTest.java"))) {
                continue;
            }
            List<String> lines = lines(file);
            for (int i = 0; i < lines.size(); i++) {
                if (MARK.matcher(lines.get(i)).find()) {
                    marks.add(ROOT.relativize(file) + ":" + (i + 1) + ": "
                            + lines.get(i).strip());
                }
            }
        }

        assertThat(marks).isEmpty();
    }

    private static List<Path> sources(String... sets) {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> modules = Files.list(ROOT)) {
            for (Path module : modules.filter(m -> Files.exists(m.resolve("pom.xml")))
                    .sorted()
                    .toList()) {
                for (String set : sets) {
                    Path folder = module.resolve("src").resolve(set).resolve("java");
                    if (Files.isDirectory(folder)) {
                        try (Stream<Path> files = Files.walk(folder)) {
                            files.filter(f -> f.toString().endsWith(".java"))
                                    .sorted()
                                    .forEach(found::add);
                        }
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(found).isNotEmpty();
        return found;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> scan(List<Path> files, Function<SourceFile, Rule> rule) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask)
                    compiler.getTask(null, manager, null, List.of(), null, manager.getJavaFileObjectsFromPaths(files));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            List<String> violations = new ArrayList<>();
            for (CompilationUnitTree unit : task.parse()) {
                rule.apply(new SourceFile(unit, positions, violations)).scan(unit, null);
            }
            return violations;
        }
    }

    /// One file, and where to write what is wrong with it.
    private record SourceFile(CompilationUnitTree unit, SourcePositions positions, List<String> violations) {

        long line(Tree tree, boolean end) {
            long offset = end ? positions.getEndPosition(unit, tree) : positions.getStartPosition(unit, tree);
            return unit.getLineMap().getLineNumber(offset);
        }

        void violate(Tree tree, String text) {
            Path file = Path.of(unit.getSourceFile().toUri());
            violations.add(ROOT.toAbsolutePath().normalize().relativize(file) + ":" + line(tree, false) + ": " + text);
        }
    }

    private abstract static class Rule extends TreeScanner<Void, Void> {
        final SourceFile file;

        Rule(SourceFile file) {
            this.file = file;
        }
    }

    private static final class MethodLength extends Rule {
        MethodLength(SourceFile file) {
            super(file);
        }

        @Override
        public Void visitMethod(MethodTree method, Void nothing) {
            long length =
                    method.getBody() == null ? 0 : file.line(method, true) - file.line(method.getBody(), false) + 1;
            if (length > METHOD_LINES) {
                file.violate(method, method.getName() + " has " + length + " lines");
            }
            return super.visitMethod(method, null);
        }
    }

    private static final class RecordWidth extends Rule {
        RecordWidth(SourceFile file) {
            super(file);
        }

        @Override
        public Void visitClass(ClassTree type, Void nothing) {
            if (type.getKind() == Tree.Kind.RECORD) {
                long components = type.getMembers().stream()
                        .filter(VariableTree.class::isInstance)
                        .filter(member -> !((VariableTree) member)
                                .getModifiers()
                                .getFlags()
                                .contains(Modifier.STATIC))
                        .count();
                if (components > RECORD_COMPONENTS) {
                    file.violate(type, type.getSimpleName() + " has " + components + " components");
                }
            }
            return super.visitClass(type, null);
        }
    }
}
