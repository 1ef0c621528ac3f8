// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.config;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * A file of settings, one a line: {@code replay-window = 72h}. A key is the setting's flag without
 * its dashes; {@code #} begins a comment. It is a file of Java properties in UTF-8, read by the
 * JDK, with two things refused that the JDK lets pass: a key that is no setting, which is most
 * likely a typing error, and one that is there twice, of which only one would count.
 */
final class ConfigFile {
  private static final int MAX_BYTES = 1 << 20;

  private final Path path;
  private final Map<Setting, String> values;

  private ConfigFile(Path path, Map<Setting, String> values) {
    this.path = path;
    this.values = values;
  }

  /** The key of a setting. */
  static String key(Setting setting) {
    return setting.flag().substring(2);
  }

  /**
   * Reads a file.
   *
   * @param name how the operator named the file: by which flag or variable
   * @throws BadSettingException if it cannot be read, or holds what is no setting
   */
  static ConfigFile read(String name, Path path) {
    Keys keys = new Keys();
    try (BufferedReader reader = open(path)) {
      keys.load(reader);
    } catch (TwiceException e) {
      throw new BadSettingException(path + " has the key " + e.key + " twice.");
    } catch (IOException | IllegalArgumentException e) {
      throw new BadSettingException(
          name + " names the file " + path + ", which is not a readable file of settings.");
    }
    Map<Setting, String> values = new EnumMap<>(Setting.class);
    for (String key : keys.stringPropertyNames().stream().sorted().toList()) {
      String value = keys.getProperty(key).strip();
      if (!value.isEmpty()) {
        values.put(setting(path, key), value);
      } else {
        setting(path, key);
      }
    }
    return new ConfigFile(path, values);
  }

  private static BufferedReader open(Path path) throws IOException {
    if (Files.size(path) > MAX_BYTES) {
      throw new IOException("longer than any file of settings");
    }
    return Files.newBufferedReader(path);
  }

  private static Setting setting(Path path, String key) {
    for (Setting setting : Setting.values()) {
      if (key(setting).equals(key) && setting != Setting.CONFIG) {
        return setting;
      }
    }
    List<String> known =
        Arrays.stream(Setting.values())
            .filter(setting -> setting != Setting.CONFIG)
            .map(ConfigFile::key)
            .toList();
    String near = NearestName.of(key, known);
    throw new BadSettingException(
        path
            + " has the unknown key "
            + Settings.shown(key)
            + (near.isEmpty() ? "." : "; the nearest that is known is " + near + "."));
  }

  /** The value of a setting, or null if the file has none. */
  @Nullable String find(Setting setting) {
    return values.get(setting);
  }

  /** How the operator named a setting here. */
  String name(Setting setting) {
    return key(setting) + " in " + path;
  }

  /** There is a key that is there already. */
  private static final class TwiceException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final String key;

    TwiceException(Object key) {
      super(null, null, false, false);
      this.key = Settings.shown(key.toString());
    }
  }

  /** Properties that are there once. */
  private static final class Keys extends Properties {
    private static final long serialVersionUID = 1;

    @Override
    public synchronized @Nullable Object put(Object key, Object value) {
      if (containsKey(key)) {
        throw new TwiceException(key);
      }
      return super.put(key, value);
    }
  }
}
