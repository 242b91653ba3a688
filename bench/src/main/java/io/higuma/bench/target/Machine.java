package io.higuma.bench.target;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// What the kernel says about processes and the machine (proc(5)). Linux only.
public final class Machine {

    /// `sysconf(_SC_CLK_TCK)`, 100 on every Linux there is.
    private static final double TICKS_PER_SECOND = 100;

    private static final int UTIME = 11;

    /// Fields of the first line of `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal.
    private static final int USER = 1;

    private static final int IDLE = 4;
    private static final int IOWAIT = 5;
    private static final int STEAL = 8;

    private Machine() {}

    /// CPU seconds of processes so far, with all their threads; 0 for one that is gone.
    public static double cpuSeconds(List<Long> pids) {
        return pids.stream().mapToDouble(Machine::cpuSeconds).sum();
    }

    private static double cpuSeconds(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            // The name in parentheses may hold anything; what follows it is plain.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[UTIME + 1])) / TICKS_PER_SECOND;
        } catch (IOException gone) {
            return 0;
        }
    }

    /// Kilobytes: `VmRSS`, `VmHWM` (the highest ever) and `Pss`, summed over processes.
    public static Map<String, Long> memory(List<Long> pids) {
        Map<String, Long> sums = new TreeMap<>();
        for (long pid : pids) {
            add(Path.of("/proc/" + pid + "/status"), List.of("VmRSS", "VmHWM"), sums);
            add(Path.of("/proc/" + pid + "/smaps_rollup"), List.of("Pss"), sums);
        }
        return sums;
    }

    private static void add(Path file, List<String> wanted, Map<String, Long> sums) {
        try {
            for (String line : Files.readAllLines(file)) {
                int colon = line.indexOf(':');
                if (colon > 0 && wanted.contains(line.substring(0, colon))) {
                    long kilobytes = Long.parseLong(line.substring(colon + 1).replaceAll("\\D", ""));
                    sums.merge(line.substring(0, colon), kilobytes, Long::sum);
                }
            }
        } catch (IOException gone) {
            // A process that ended has no memory.
            sums.putIfAbsent("VmRSS", 0L);
        }
    }

    /// The 1-minute load average.
    public static double load() {
        return Double.parseDouble(first(Path.of("/proc/loadavg"), "0 ").split(" ")[0]);
    }

    /// Seconds that the hypervisor gave to others, over all processors, since the machine started.
    public static double stolenSeconds() {
        return processorSeconds(STEAL, STEAL);
    }

    /// Seconds that all processors were not idle, for whatever reason, since the machine started.
    public static double busySeconds() {
        return processorSeconds(USER, STEAL) - processorSeconds(IDLE, IOWAIT);
    }

    private static double processorSeconds(int from, int to) {
        String[] fields = first(Path.of("/proc/stat"), "cpu").split(" +");
        return IntStream.rangeClosed(from, Math.min(to, fields.length - 1))
                        .mapToLong(field -> Long.parseLong(fields[field]))
                        .sum()
                / TICKS_PER_SECOND;
    }

    /// `2 × Intel Xeon, 23 GiB, Linux 6.1`
    public static String words() {
        String model = "processor";
        try {
            model = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(model);
        } catch (IOException unknown) {
            model = "processor";
        }
        String memory = first(Path.of("/proc/meminfo"), "0").replaceAll("\\D", "");
        return Runtime.getRuntime().availableProcessors() + " × " + model + ", "
                + (memory.isEmpty() ? 0 : Long.parseLong(memory) >> 20) + " GiB, Linux "
                + System.getProperty("os.version") + ", JDK " + Runtime.version();
    }

    private static String first(Path file, String otherwise) {
        try {
            List<String> lines = Files.readAllLines(file);
            return lines.isEmpty() ? otherwise : lines.getFirst();
        } catch (IOException e) {
            return otherwise;
        }
    }
}
