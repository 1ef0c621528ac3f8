// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.config;

/**
 * Where to listen.
 *
 * @param host a name or an address; IPv6 without brackets
 * @param port 1 to 65535, or 0 for one that is free
 */
public record ListenAddress(String host, int port) {
  /** Every address of the machine. The JVM takes it for IPv6 too, where there is that. */
  private static final String ALL = "0.0.0.0";

  private static final int MAX_PORT = 65_535;

  public ListenAddress {
    if (host.isEmpty() || port < 0 || port > MAX_PORT) {
      throw new IllegalArgumentException("not an address to listen on");
    }
  }

  /**
   * Reads {@code host:port}, {@code [::1]:port} or {@code :port}.
   *
   * @throws IllegalArgumentException if it is none of these
   */
  static ListenAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    String host = text.substring(0, Math.max(0, colon));
    String port = text.substring(colon + 1);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    String bare = bracketed ? host.substring(1, host.length() - 1) : host;
    boolean valid =
        colon >= 0
            && port.matches("[0-9]{1,5}")
            && bare.matches(bracketed ? "[0-9A-Fa-f:.]+" : "[0-9A-Za-z.-]*");
    if (!valid) {
      throw new IllegalArgumentException("not host:port");
    }
    return new ListenAddress(bare.isEmpty() ? ALL : bare, Integer.parseInt(port));
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
