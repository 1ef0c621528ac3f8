// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Draws a {@link DemoStatus} into {@value #ROWS} lines of at most {@value #COLUMNS} columns, for
 * eyes that want to rest: one accent, two weights, nothing that blinks. Without colours it says the
 * same; without UTF-8 it draws in ASCII.
 */
final class DemoScreen {
  static final int COLUMNS = 80;
  static final int ROWS = 24;

  private static final String BARS = " ▁▂▃▄▅▆▇█";
  private static final String ASCII_BARS = " .:-=+*#%";
  private static final String SUBSCRIBE = "/xrpc/com.atproto.sync.subscribeRepos";
  private static final int RECENT = 3;

  private final boolean colours;
  private final boolean unicode;

  DemoScreen(boolean colours, boolean unicode) {
    this.colours = colours;
    this.unicode = unicode;
  }

  /** The lines, without line ends. */
  List<String> draw(DemoStatus status) {
    List<String> lines = new ArrayList<>();
    DemoStatus.Links links = status.links();
    String clock = clock(status.seconds());
    String title = " AT Protocol relay, on a simulated network";
    String right = clock + "  seed " + links.seed() + " ";
    lines.add(
        strong(title) + " ".repeat(Math.max(1, COLUMNS - title.length() - right.length())) + right);
    lines.add(faint((unicode ? "─" : "-").repeat(COLUMNS)));
    lines.add("");
    lines.add(row("hosts send", rate(status.sentPerSecond()), count(status.sent()) + " events"));
    lines.add(
        row(
            "consumer has",
            rate(status.receivedPerSecond()),
            count(status.received()) + " events"));
    lines.add(
        row(
            "latency",
            millis(status.p50Millis()) + " p50",
            millis(status.p99Millis()) + " p99, from host to consumer"));
    lines.add("");
    lines.add("   " + accent(chart(status.history())) + faint("  last minute"));
    lines.add("");
    lines.add(
        row(
            "relay",
            map(status.hosts()) + " hosts",
            "events out "
                + known(status.relayEvents())
                + ", consumers "
                + known(status.consumers())));
    lines.add(row("hostile", count(status.hostile()) + " sent", letThrough(status)));
    lines.addAll(drops(status.drops()));
    lines.add("");
    for (int i = 0; i < RECENT; i++) {
      lines.add(i < status.recent().size() ? faint(cut("   " + status.recent().get(i))) : "");
    }
    lines.add("");
    lines.add(" " + strong("Try") + "  R=" + links.api());
    lines.add("   " + links.api().toString().replace("http", "ws") + SUBSCRIBE);
    lines.add("   curl $R/xrpc/com.atproto.sync.listHosts");
    lines.add(
        cut("   curl \"$R/xrpc/com.atproto.sync.getHostStatus?hostname=" + links.host() + "\""));
    lines.add("   curl " + links.metrics());
    String after = links.removed() ? " and removes " : "; data stays in ";
    lines.add(faint(cut(" Ctrl-C stops everything" + after + links.directory())));
    return lines;
  }

  /** One line, for where there is no screen. */
  String line(DemoStatus status) {
    return String.format(
        Locale.ROOT,
        "%4d s  sent %.0f/s  received %.0f/s  p50 %s  p99 %s  on the way %d  drops %d%s",
        status.seconds(),
        status.sentPerSecond(),
        status.receivedPerSecond(),
        millis(status.p50Millis()),
        millis(status.p99Millis()),
        status.sent() - status.received(),
        status.drops().values().stream().mapToLong(Long::longValue).sum(),
        status.unexpected() == 0 ? "" : "  UNEXPECTED " + status.unexpected());
  }

  private String letThrough(DemoStatus status) {
    return status.unexpected() == 0
        ? "none let through"
        : alarm(status.unexpected() + " messages that no host sent");
  }

  /** The reasons in two lines, the most frequent first. */
  private List<String> drops(Map<String, Long> drops) {
    String all =
        drops.entrySet().stream()
            .sorted(
                Map.Entry.<String, Long>comparingByValue()
                    .reversed()
                    .thenComparing(Map.Entry.comparingByKey()))
            .map(entry -> entry.getKey() + " " + entry.getValue())
            .collect(Collectors.joining("  "));
    int width = COLUMNS - 18;
    String first = all.isEmpty() ? "none yet" : all;
    String second = "";
    if (first.length() > width) {
      int space = first.lastIndexOf("  ", width);
      space = space < 0 ? width : space;
      second = first.substring(space).strip();
      first = first.substring(0, space);
    }
    return List.of(row("dropped", first, ""), row("", second, ""));
  }

  private String chart(List<Double> history) {
    double top = history.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    String bars = unicode ? BARS : ASCII_BARS;
    StringBuilder chart = new StringBuilder();
    for (double value : history) {
      chart.append(bars.charAt(top <= 0 ? 0 : (int) Math.round(value / top * (bars.length() - 1))));
    }
    while (chart.length() < DemoMeter.HISTORY) {
      chart.insert(0, ' ');
    }
    return chart.substring(chart.length() - DemoMeter.HISTORY);
  }

  private String row(String name, String value, String rest) {
    String line =
        cut(String.format(Locale.ROOT, "   %-14s%-13s  %s", name, value, rest).stripTrailing());
    return line.length() <= 17 ? line : faint(line.substring(0, 17)) + line.substring(17);
  }

  private static String map(Map<String, Long> counts) {
    return counts.isEmpty()
        ? "?"
        : counts.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(entry -> entry.getValue() + " " + entry.getKey())
            .collect(Collectors.joining(", "));
  }

  private static String known(long value) {
    return value < 0 ? "?" : count(value);
  }

  private static String rate(double perSecond) {
    return String.format(Locale.ROOT, "%,.0f/s", perSecond);
  }

  private static String millis(double millis) {
    return String.format(Locale.ROOT, millis < 10 ? "%.1f ms" : "%.0f ms", millis);
  }

  static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  private static String clock(long seconds) {
    return String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60);
  }

  private static String cut(String line) {
    return line.length() <= COLUMNS ? line : line.substring(0, COLUMNS);
  }

  private String strong(String text) {
    return style("1", text);
  }

  private String faint(String text) {
    return style("2", text);
  }

  private String accent(String text) {
    return style("36", text);
  }

  private String alarm(String text) {
    return style("31", text);
  }

  private String style(String code, String text) {
    return colours && !text.isBlank() ? "\033[" + code + "m" + text + "\033[0m" : text;
  }
}
