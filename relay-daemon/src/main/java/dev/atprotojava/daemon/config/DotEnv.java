// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file {@code .env} of the directory of the start, as compose and the reference relay read one:
 * a line is {@code NAME=value}, {@code export} may stand before it, and {@code #} at the beginning
 * of a line or after a blank begins a comment. Single quotes keep all that is in them; double
 * quotes know {@code \n}, {@code \"} and {@code \\}. Nothing is expanded: a {@code $} is a dollar
 * sign.
 *
 * <p>It is read by everything that is started there, so names that are not ours are passed over; a
 * line that is none of this stops the start.
 */
public final class DotEnv {
  /** The name of the file. */
  public static final String FILE = ".env";

  private static final int MAX_BYTES = 1 << 20;
  private static final Pattern LINE =
      Pattern.compile(
          "(?:export\\s+)?(?<name>[A-Za-z_]\\w*)\\s*=\\s*"
              + "(?:'(?<single>[^']*)'|\"(?<twice>(?:[^\"\\\\]|\\\\.)*)\"|(?<bare>[^'\"].*?)?)"
              + "\\s*(?:(?<=\\s)#.*)?");

  private DotEnv() {}

  /**
   * Reads the file of a directory.
   *
   * @return the variables; none if there is no file
   * @throws BadSettingException if a line is none
   */
  public static Map<String, String> read(Path directory) {
    Path file = directory.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      return Map.of();
    }
    List<String> lines;
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new IOException("longer than any file of settings");
      }
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new BadSettingException("the file " + file + " cannot be read.");
    }
    Map<String, String> variables = new HashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
          throw new BadSettingException(
              "line " + (i + 1) + " of " + file + " is not NAME=value, a comment or empty.");
        }
        variables.put(matcher.group("name"), value(matcher));
      }
    }
    return Map.copyOf(variables);
  }

  private static String value(Matcher line) {
    String single = line.group("single");
    if (single != null) {
      return single;
    }
    String twice = line.group("twice");
    if (twice != null) {
      return unescaped(twice);
    }
    String bare = line.group("bare");
    return bare == null || bare.startsWith("#") ? "" : bare.strip();
  }

  private static String unescaped(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char letter = text.charAt(i);
      if (letter == '\\') {
        char escaped = text.charAt(++i); // there is one, by the pattern
        out.append(escaped == 'n' ? '\n' : escaped);
      } else {
        out.append(letter);
      }
    }
    return out.toString();
  }
}
