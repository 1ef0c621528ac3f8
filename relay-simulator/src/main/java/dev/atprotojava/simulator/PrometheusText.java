// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a {@code /metrics} page says, as far as it can be understood: lines of {@code
 * name{label="value"} number}. Whatever is not such a line is passed over, so a page in a richer
 * dialect, or of another program, does no harm.
 */
record PrometheusText(List<Sample> samples) {
  private static final Pattern LINE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)\\})?\\s+(\\S+)(?:\\s.*)?");
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)\\s*=\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");

  record Sample(String name, Map<String, String> labels, double value) {}

  static PrometheusText parse(String page) {
    List<Sample> samples = new ArrayList<>();
    for (String line : page.split("\r?\n", -1)) {
      Matcher matcher = LINE.matcher(line.strip());
      if (!line.startsWith("#") && matcher.matches()) {
        addSample(matcher, samples);
      }
    }
    return new PrometheusText(samples);
  }

  private static void addSample(Matcher line, List<Sample> samples) {
    Map<String, String> labels = new TreeMap<>();
    if (line.group(2) != null) {
      Matcher label = LABEL.matcher(line.group(2));
      while (label.find()) {
        labels.put(label.group(1), label.group(2));
      }
    }
    try {
      samples.add(new Sample(line.group(1), labels, Double.parseDouble(line.group(3))));
    } catch (NumberFormatException notANumber) {
      // Not a sample, then.
    }
  }

  /** Whether there is a metric of this name. */
  boolean has(String name) {
    return samples.stream().anyMatch(sample -> sample.name().equals(name));
  }

  /** All samples of a metric together, whatever their labels; 0 if there are none. */
  long sum(String name) {
    double sum =
        samples.stream()
            .filter(sample -> sample.name().equals(name))
            .mapToDouble(Sample::value)
            .sum();
    return Math.round(sum);
  }

  /** The samples of a metric that are not 0, by the value of a label. */
  Map<String, Long> by(String name, String label) {
    Map<String, Long> sums = new TreeMap<>();
    for (Sample sample : samples) {
      String value = sample.labels().get(label);
      if (sample.name().equals(name) && value != null && sample.value() != 0) {
        sums.merge(value, Math.round(sample.value()), Long::sum);
      }
    }
    return sums;
  }
}
