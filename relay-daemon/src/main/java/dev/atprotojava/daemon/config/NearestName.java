// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.config;

import java.util.Collection;

/** What somebody most likely meant who wrote a name that is not known. */
final class NearestName {
  private NearestName() {}

  /**
   * The known name that takes the fewest letters to change; empty if that would be half of them.
   */
  static String of(String name, Collection<String> known) {
    String nearest = "";
    int least = Math.max(2, name.length() / 2);
    for (String each : known) {
      int distance = distance(name, each);
      if (distance < least) {
        least = distance;
        nearest = each;
      }
    }
    return nearest;
  }

  /** How many letters must be added, removed or replaced (Levenshtein). */
  private static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int column = 0; column <= to.length(); column++) {
      row[column] = column;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
