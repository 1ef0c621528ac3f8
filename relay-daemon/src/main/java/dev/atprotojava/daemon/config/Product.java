// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * What this program calls itself, to those who ask and to those whom it asks.
 *
 * @param name of the program
 * @param version as it was built
 */
public record Product(String name, String version) {
  /** By this word relays know each other, so that none follows another (RL-55). */
  private static final String RELAY = "(atproto-relay)";

  /** This program, as the build wrote it down. */
  public static Product ofBuild() {
    Properties properties = new Properties();
    try (InputStream in = Product.class.getResourceAsStream("product.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Product("atproto-java-relay", properties.getProperty("version", "unknown"));
  }

  /** For the headers {@code Server} and {@code User-Agent}. */
  public String mark() {
    return name + "/" + version + " " + RELAY;
  }

  /** True if a server that sends this header is a relay. */
  public static boolean isRelay(String serverHeader) {
    return serverHeader.contains("atproto-relay");
  }

  @Override
  public String toString() {
    return name + " " + version;
  }
}
