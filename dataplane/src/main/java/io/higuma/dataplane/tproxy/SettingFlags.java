package io.higuma.dataplane.tproxy;

import io.higuma.dataplane.StopException;
import io.higuma.model.Problem;
import io.higuma.model.Problems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// The flags of the settings on a command line, and what was given by them, by files and by the environment.
public final class SettingFlags {

    private static final String FILES = "--transparent-proxy-config";

    private SettingFlags() {}

    /// Adds the flags of these settings to a command, and the flag for files.
    public static void add(CommandSpec command, Collection<Setting> settings) {
        for (Setting setting : settings) {
            if (!setting.flag().isEmpty()) {
                command.addOption(option(setting));
            }
        }
        command.addOption(OptionSpec.builder(FILES)
                .paramLabel("FILE|-")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .arity("1")
                .description("Settings as YAML, all of them or some; repeatable.")
                .build());
    }

    private static OptionSpec option(Setting setting) {
        OptionSpec.Builder option = OptionSpec.builder(setting.flag()).description(description(setting));
        return switch (setting.kind()) {
            case FLAG ->
                option.type(String.class)
                        .arity("0..1")
                        .fallbackValue("true")
                        .paramLabel("true|false")
                        .build();
            case TEXT ->
                option.type(String.class).arity("1").paramLabel(setting.label()).build();
            case LIST, ENTRIES ->
                option.type(List.class)
                        .auxiliaryTypes(String.class)
                        .arity("1")
                        .paramLabel(setting.label())
                        .build();
        };
    }

    private static String description(Setting setting) {
        return setting.description()
                + (setting.fallback().isEmpty()
                        ? ""
                        : " Default: " + setting.fallback().replace("%", "%%") + ".");
    }

    /// Files, then the environment, then flags.
    public static Settings read(ParseResult given, Map<String, String> environment, Problems problems) {
        Settings settings = new Settings();
        List<String> none = List.of();
        for (String file : given.matchedOptionValue(FILES, none)) {
            settings.file(file, content(file), problems);
        }
        settings.environment(environment);
        Arrays.stream(Setting.values())
                .filter(setting -> !setting.flag().isEmpty() && given.hasMatchedOption(setting.flag()))
                .forEach(setting -> settings.say(setting, value(given, setting), setting.flag()));
        return settings;
    }

    private static String value(ParseResult given, Setting setting) {
        Object value = given.matchedOptionValue(setting.flag(), (Object) "");
        if (value instanceof List<?> list) {
            return String.join(
                    setting.kind().separator(),
                    list.stream().map(String::valueOf).toList());
        }
        return String.valueOf(value);
    }

    private static byte[] content(String file) {
        try {
            return file.equals("-") ? System.in.readAllBytes() : Files.readAllBytes(Path.of(file));
        } catch (IOException e) {
            throw new StopException(
                    StopException.ENVIRONMENT, "the settings file " + file + " cannot be read: " + e.getMessage());
        }
    }

    /// @throws StopException with all of them, if there are any
    public static void stopOn(Problems problems) {
        if (!problems.isEmpty()) {
            StringBuilder text = new StringBuilder("the settings of the transparent proxy are not valid:");
            for (Problem problem : problems.found()) {
                text.append("\n  ").append(problem.path()).append(": ").append(problem.message());
            }
            throw new StopException(StopException.USAGE, text.toString());
        }
    }
}
