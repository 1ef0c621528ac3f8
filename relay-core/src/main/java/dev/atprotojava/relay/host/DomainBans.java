// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.host;

import dev.atprotojava.syntax.Hostname;
import dev.atprotojava.syntax.InvalidSyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Domains whose hosts are refused: each itself and all names below it. Immutable.
 *
 * @param domains in the form of {@link #normal}
 */
record DomainBans(Set<String> domains) {
  DomainBans {
    domains = Set.copyOf(domains);
  }

  /**
   * A domain as it is kept: lower case, without a wildcard or dots around it; null if the text is
   * none. One label is none: nobody means to ban all of {@code com}.
   */
  static @Nullable String normal(String text, boolean dev) {
    String domain = text.strip().toLowerCase(Locale.ROOT);
    if (domain.startsWith("*.")) {
      domain = domain.substring(2);
    } else if (domain.startsWith(".")) {
      domain = domain.substring(1);
    }
    if (domain.endsWith(".")) {
      domain = domain.substring(0, domain.length() - 1);
    }
    try {
      return (dev ? Hostname.parseLocal(domain) : Hostname.parse(domain)).toString();
    } catch (InvalidSyntaxException e) {
      return null;
    }
  }

  /** The domain by which a host is banned; null if there is none. */
  @Nullable String match(String hostname) {
    String suffix = hostname;
    while (true) {
      if (domains.contains(suffix)) {
        return suffix;
      }
      int dot = suffix.indexOf('.');
      if (dot < 0) {
        return null;
      }
      suffix = suffix.substring(dot + 1);
    }
  }

  DomainBans with(String domain) {
    Set<String> more = new TreeSet<>(domains);
    more.add(domain);
    return new DomainBans(more);
  }

  DomainBans without(String domain) {
    Set<String> fewer = new TreeSet<>(domains);
    fewer.remove(domain);
    return new DomainBans(fewer);
  }

  List<String> sorted() {
    return domains.stream().sorted().toList();
  }
}
