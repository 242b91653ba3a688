package io.higuma.bench.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A line chart as SVG. Readable on light and dark ground.
final class Chart {

    private static final int WIDTH = 720;
    private static final int HEIGHT = 380;
    private static final int LEFT = 70;
    private static final int RIGHT = 20;
    private static final int TOP = 40;
    private static final int BOTTOM = 90;
    private static final int LEGEND_LINE = 18;
    private static final String GRID = "stroke=\"#e3e3e3\"";
    private static final String[] COLORS = {
        "#2f7ed8", "#e06c2c", "#2ca05a", "#8e5bd0", "#c0392b", "#7f8c8d", "#17a2a2", "#b8860b", "#d64d9c", "#34495e"
    };

    private record Point(double x, double y) {}

    private final String title;
    private final Axis across;
    private final Axis up;
    private final Map<String, List<Point>> lines = new LinkedHashMap<>();
    private boolean dots;

    /// @param label what it shows, with its unit
    /// @param logarithmic powers of ten at equal distances
    record Axis(String label, boolean logarithmic) {}

    Chart(String title, Axis across, Axis up) {
        this.title = title;
        this.across = across;
        this.up = up;
    }

    /// A point for every measured value, for lines of few points.
    Chart withDots() {
        dots = true;
        return this;
    }

    Chart point(String line, double x, double y) {
        lines.computeIfAbsent(line, name -> new ArrayList<>()).add(new Point(x, y));
        return this;
    }

    boolean isEmpty() {
        return lines.isEmpty();
    }

    String svg() {
        Scale x = new Scale(
                across,
                lines.values().stream().flatMap(List::stream).map(Point::x).toList(),
                LEFT,
                WIDTH - RIGHT);
        Scale y = new Scale(
                up, lines.values().stream().flatMap(List::stream).map(Point::y).toList(), HEIGHT - BOTTOM, TOP);
        StringBuilder out = new StringBuilder();
        int height = HEIGHT + (lines.size() - 1) / perLine() * LEGEND_LINE;
        out.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" ".formatted(WIDTH, height))
                .append("font-family=\"sans-serif\" font-size=\"12\">\n")
                .append("<rect width=\"100%\" height=\"100%\" fill=\"#fcfcfc\"/>\n");
        text(out, WIDTH / 2.0, 22, "middle", 15, title);
        for (double tick : x.ticks()) {
            line(out, new double[] {x.at(tick), TOP, x.at(tick), HEIGHT - BOTTOM}, GRID, 1);
            text(out, x.at(tick), HEIGHT - BOTTOM + 18, "middle", 12, number(tick));
        }
        for (double tick : y.ticks()) {
            line(out, new double[] {LEFT, y.at(tick), WIDTH - RIGHT, y.at(tick)}, GRID, 1);
            text(out, LEFT - 8.0, y.at(tick) + 4, "end", 12, number(tick));
        }
        text(out, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - BOTTOM + 38, "middle", 12, across.label());
        out.append("<text transform=\"translate(16,%d) rotate(-90)\" text-anchor=\"middle\" fill=\"#333\">%s</text>\n"
                .formatted((TOP + HEIGHT - BOTTOM) / 2, escaped(up.label())));
        int place = 0;
        for (Map.Entry<String, List<Point>> each : lines.entrySet()) {
            draw(out, each, x, y, place++);
        }
        return out.append("</svg>\n").toString();
    }

    private void draw(StringBuilder out, Map.Entry<String, List<Point>> line, Scale x, Scale y, int place) {
        String color = COLORS[place % COLORS.length];
        StringBuilder path = new StringBuilder();
        for (Point point : line.getValue()) {
            path.append(path.isEmpty() ? 'M' : 'L')
                    .append(decimal(x.at(point.x())))
                    .append(',');
            path.append(decimal(y.at(point.y()))).append(' ');
            if (dots) {
                out.append("<circle cx=\"%s\" cy=\"%s\" r=\"3.5\" fill=\"%s\"/>\n"
                        .formatted(decimal(x.at(point.x())), decimal(y.at(point.y())), color));
            }
        }
        String stroke = stroke(place);
        out.append("<path d=\"%s\" fill=\"none\" %s stroke-width=\"2\"/>\n"
                .formatted(path.toString().strip(), stroke));
        double left = LEFT + place % perLine() * (double) (WIDTH - LEFT) / perLine();
        double top = HEIGHT - 34.0 + place / perLine() * LEGEND_LINE;
        line(out, new double[] {left, top - 4, left + 20, top - 4}, stroke, 3);
        text(out, left + 26, top, "start", 12, line.getKey());
    }

    /// Where colors come again, lines are dashed.
    private static String stroke(int place) {
        String color = "stroke=\"" + COLORS[place % COLORS.length] + "\"";
        return place < COLORS.length ? color : color + " stroke-dasharray=\"6 3\"";
    }

    /// Names side by side in the legend: as many as fit.
    private int perLine() {
        int longest = lines.keySet().stream().mapToInt(String::length).max().orElse(1);
        return Math.clamp((WIDTH - LEFT) / (34 + 7 * longest), 1, 6);
    }

    /// @param stroke as attributes
    private static void line(StringBuilder out, double[] at, String stroke, int width) {
        out.append("<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\" %s stroke-width=\"%d\"/>\n"
                .formatted(decimal(at[0]), decimal(at[1]), decimal(at[2]), decimal(at[3]), stroke, width));
    }

    private static void text(StringBuilder out, double x, double y, String anchor, int size, String text) {
        out.append("<text x=\"%s\" y=\"%s\" text-anchor=\"%s\" font-size=\"%d\" fill=\"#333\">%s</text>\n"
                .formatted(decimal(x), decimal(y), anchor, size, escaped(text)));
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    /// A whole number as it is, another with three digits that count.
    static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e7
                ? Long.toString((long) value)
                : new BigDecimal(value)
                        .round(new MathContext(3))
                        .stripTrailingZeros()
                        .toPlainString();
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /// From values to places on the paper.
    private static final class Scale {
        private final boolean logarithmic;
        private final double low;
        private final double high;
        private final double from;
        private final double to;

        Scale(Axis axis, List<Double> values, double from, double to) {
            this.logarithmic = axis.logarithmic();
            this.from = from;
            this.to = to;
            double least = values.stream()
                    .mapToDouble(Double::doubleValue)
                    .filter(v -> v > 0)
                    .min()
                    .orElse(1);
            double most = values.stream().mapToDouble(Double::doubleValue).max().orElse(1);
            if (logarithmic) {
                this.low = Math.floor(Math.log10(least));
                this.high = Math.max(Math.ceil(Math.log10(Math.max(most, least))), low + 1);
            } else {
                this.low = 0;
                this.high = most <= 0 ? 1 : most;
            }
        }

        double at(double value) {
            double place = logarithmic ? Math.log10(Math.max(value, Math.pow(10, low))) : value;
            return from + (place - low) / (high - low) * (to - from);
        }

        List<Double> ticks() {
            List<Double> ticks = new ArrayList<>();
            if (logarithmic) {
                for (double power = low; power <= high; power++) {
                    for (int step : high - low > 2 ? new int[] {1} : new int[] {1, 2, 5}) {
                        if (power < high || step == 1) {
                            ticks.add(step * Math.pow(10, power));
                        }
                    }
                }
            } else {
                for (int i = 0; i <= 5; i++) {
                    ticks.add(high * i / 5);
                }
            }
            return ticks;
        }
    }
}
