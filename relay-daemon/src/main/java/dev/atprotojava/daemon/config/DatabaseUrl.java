// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.config;

import java.nio.file.Path;

/** The path in a database URL: {@code sqlite://path}, or {@code sqlite=path} as some write it. */
final class DatabaseUrl {
  private DatabaseUrl() {}

  /** Reads the setting. */
  static Path path(Settings settings) {
    String text = settings.text(Setting.DATABASE);
    if (text.startsWith("postgres")) {
      throw new BadSettingException(
          settings.name(Setting.DATABASE)
              + " names a PostgreSQL database, and this relay keeps its state in SQLite; give"
              + " sqlite:// and the path of a file.");
    }
    return settings.read(Setting.DATABASE, DatabaseUrl::parse);
  }

  private static Path parse(String text) {
    String path;
    if (text.startsWith("sqlite://")) {
      path = text.substring("sqlite://".length());
    } else if (text.startsWith("sqlite=")) {
      path = text.substring("sqlite=".length());
    } else {
      throw new IllegalArgumentException("not SQLite");
    }
    // A question mark would begin parameters for the driver, and ":memory:" is no file.
    if (path.isBlank() || path.contains("?") || path.startsWith(":")) {
      throw new IllegalArgumentException("not a path");
    }
    return Path.of(path);
  }
}
