// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Alerts are written from the page; a metric that is not there, or is called otherwise, is silent.
 */
@Timeout(60)
class MetricsPageTest {
  private static final Path PAGE =
      Path.of(System.getProperty("project.root"), "docs", "reference", "metrics.md");
  private static final Pattern ROW =
      Pattern.compile("\\| `(\\w+)` \\| (counter|gauge) \\| ((?:`\\w+` ?)*)\\| [^|]+ \\|");
  private static final Pattern TYPE = Pattern.compile("# TYPE (\\w+) (\\w+)");
  private static final Pattern SAMPLE = Pattern.compile("(\\w+)\\{(.*)} \\S+");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");

  @Test
  void page_listsWhatIsServed(@TempDir Path data) throws Exception {
    Map<String, String> served;
    try (RunningDaemon relay = RunningDaemon.start(data, "http://localhost:1", Map.of())) {
      served = served(relay.metrics());
      relay.stop();
    }

    assertThat(listed()).isEqualTo(served);
  }

  /** Name to kind and labels; not those of the JVM, which differ between collectors. */
  private static Map<String, String> served(String text) {
    Map<String, String> kinds = new TreeMap<>();
    Map<String, Set<String>> labels = new TreeMap<>();
    for (String line : text.lines().toList()) {
      Matcher type = TYPE.matcher(line);
      Matcher sample = SAMPLE.matcher(line);
      if (type.matches() && !type.group(1).startsWith("jvm_")) {
        kinds.put(type.group(1), type.group(2));
      } else if (sample.matches()) {
        Set<String> names = labels.computeIfAbsent(sample.group(1), _ -> new TreeSet<>());
        LABEL.matcher(sample.group(2)).results().forEach(label -> names.add(label.group(1)));
      }
    }
    kinds.replaceAll(
        (name, kind) -> kind + " " + String.join(" ", labels.getOrDefault(name, Set.of())));
    return kinds;
  }

  private static Map<String, String> listed() throws Exception {
    Map<String, String> rows = new TreeMap<>();
    for (String line : Files.readAllLines(PAGE)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        rows.put(row.group(1), row.group(2) + " " + row.group(3).replace("`", "").strip());
      }
    }
    return rows;
  }
}
