// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.host;

import java.util.List;

/**
 * The hosts that the operator trusts: each pattern is a name, or {@code *} and how a name must end;
 * {@code *} alone trusts all.
 */
public record TrustedDomains(List<String> patterns) {
  public TrustedDomains {
    patterns = List.copyOf(patterns);
  }

  /** True if the host is trusted. */
  public boolean contains(String hostname) {
    for (String pattern : patterns) {
      if (pattern.startsWith("*")
          ? hostname.endsWith(pattern.substring(1))
          : hostname.equals(pattern)) {
        return true;
      }
    }
    return false;
  }
}
