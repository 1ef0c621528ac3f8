// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the operator said: a flag counts before the environment, the environment before the file
 * {@code .env}, that before the file of settings, and that before the default. An empty variable
 * counts as none, since that is what a compose file makes of one that is unset.
 */
public final class Settings {
  private static final int LONGEST_SHOWN = 100;

  /**
   * A value and where it is from.
   *
   * @param name the flag or variable
   * @param text the value
   */
  private record Given(String name, String text) {}

  private final Map<Setting, Given> given;

  private Settings(Map<Setting, Given> given) {
    this.given = given;
  }

  /**
   * Settings without a {@code .env}.
   *
   * @param flags the values of the flags that were given
   * @param environment all of it
   */
  public static Settings of(Map<Setting, String> flags, Map<String, String> environment) {
    return of(flags, environment, Map.of());
  }

  /**
   * Settings; reads the file of settings, if one is named.
   *
   * @param flags the values of the flags that were given
   * @param environment all of it
   * @param dotEnv the variables of the file {@code .env}
   * @throws BadSettingException if the file of settings is none
   */
  public static Settings of(
      Map<Setting, String> flags, Map<String, String> environment, Map<String, String> dotEnv) {
    Map<Setting, Given> given = new EnumMap<>(Setting.class);
    for (Setting setting : Setting.values()) {
      String flag = flags.get(setting);
      Given value =
          flag == null ? variable(setting, environment, "") : new Given(setting.flag(), flag);
      value = value == null ? variable(setting, dotEnv, " in " + DotEnv.FILE) : value;
      if (value != null) {
        given.put(setting, value);
      }
    }
    Settings settings = new Settings(given);
    if (!settings.text(Setting.CONFIG).isEmpty()) {
      settings.addFile(
          ConfigFile.read(settings.name(Setting.CONFIG), settings.path(Setting.CONFIG)));
    }
    return settings;
  }

  private static @Nullable Given variable(
      Setting setting, Map<String, String> variables, String where) {
    for (String variable : setting.variables()) {
      String text = variables.getOrDefault(variable, "");
      if (!text.isBlank()) {
        return new Given(variable + where, text.strip());
      }
    }
    return null;
  }

  private void addFile(ConfigFile file) {
    for (Setting setting : Setting.values()) {
      String text = file.find(setting);
      if (text != null) {
        given.putIfAbsent(setting, new Given(file.name(setting), text));
      }
    }
  }

  /** How the operator named a setting, or would name it. */
  String name(Setting setting) {
    Given value = given.get(setting);
    return value == null ? setting.variables().getFirst() : value.name();
  }

  String text(Setting setting) {
    Given value = given.get(setting);
    return value == null ? setting.fallback() : value.text();
  }

  /**
   * A value.
   *
   * @param parser throws {@link IllegalArgumentException} for what is none; its message is not used
   */
  <T> T read(Setting setting, Function<String, T> parser) {
    try {
      return parser.apply(text(setting));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw bad(setting);
    }
  }

  /** The parts of a value with commas, without blanks around them; empty if there is no value. */
  <T> List<T> readList(Setting setting, Function<String, T> parser) {
    List<T> values = new ArrayList<>();
    String text = text(setting);
    if (!text.isEmpty()) {
      for (String part : text.split(",", -1)) {
        values.add(
            read(
                setting,
                _ -> {
                  if (part.isBlank()) {
                    throw new IllegalArgumentException("empty");
                  }
                  return parser.apply(part.strip());
                }));
      }
    }
    return List.copyOf(values);
  }

  /** The path that a setting names. */
  public Path path(Setting setting) {
    return read(setting, Path::of);
  }

  long number(Setting setting, long low, long high) {
    return read(setting, text -> inRange(Long.parseLong(text), low, high));
  }

  long bytes(Setting setting, long low, long high) {
    return read(setting, text -> inRange(ByteSize.parse(text), low, high));
  }

  private static long inRange(long value, long low, long high) {
    if (value < low || value > high) {
      throw new IllegalArgumentException("out of range");
    }
    return value;
  }

  /** A switch. */
  public boolean flag(Setting setting) {
    return read(
        setting,
        text ->
            switch (text.toLowerCase(Locale.ROOT)) {
              case "true", "1" -> true;
              case "false", "0" -> false;
              default -> throw new IllegalArgumentException("neither");
            });
  }

  /** One of an enum's constants, in lower case. */
  <E extends Enum<E>> E choice(Setting setting, Class<E> type) {
    return read(
        setting,
        text -> {
          for (E constant : type.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(text.toLowerCase(Locale.ROOT))) {
              return constant;
            }
          }
          throw new IllegalArgumentException("none of them");
        });
  }

  /**
   * The lines of the file that a setting names, those that are empty left out; none if it names
   * none.
   */
  List<String> secretLines(Setting setting) {
    if (text(setting).isEmpty()) {
      return List.of();
    }
    Path file = path(setting);
    try {
      List<String> lines =
          Files.readAllLines(file).stream().map(String::strip).filter(l -> !l.isEmpty()).toList();
      if (!lines.isEmpty()) {
        return lines;
      }
    } catch (IOException e) {
      throw bad(setting);
    }
    throw bad(setting);
  }

  /** The sentence that names setting, value, and what would be right. */
  BadSettingException bad(Setting setting) {
    String shown = setting.isSecret() ? " is not usable" : " is \"" + shown(text(setting)) + "\"";
    return new BadSettingException(
        name(setting) + shown + "; it must be " + setting.expected() + ".");
  }

  /** A value as it may be printed: short, on one line, without the password of a URL. */
  static String shown(String text) {
    String cut = text.length() > LONGEST_SHOWN ? text.substring(0, LONGEST_SHOWN) + "…" : text;
    return cut.replaceAll("//[^/@]*@", "//…@").replaceAll("\\p{Cntrl}", " ");
  }
}
