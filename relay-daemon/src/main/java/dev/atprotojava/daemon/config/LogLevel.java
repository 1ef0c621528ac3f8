// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.config;

/** How much the relay says of itself; libraries only ever warn. */
public enum LogLevel {
  ERROR,
  WARN,
  INFO,
  DEBUG,
}
