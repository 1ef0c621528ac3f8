// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.discovery;

import dev.atprotojava.relay.host.CrawlAnswer;

/** What became of a host that was found, in a word; where the reference relay has one, its own. */
public final class HostVerdict {
  private HostVerdict() {}

  /** The word. */
  public static String of(CrawlAnswer answer) {
    return switch (answer) {
      case ADDED -> "added";
      case KNOWN -> "exists";
      case BANNED -> "banned";
      case DOMAIN_BANNED -> "domain-banned";
      case BAD_HOSTNAME -> "non-public";
      case NOT_A_PDS -> "not-a-pds";
      case TOO_MANY_NEW, TOO_MANY_OF_DOMAIN, TOO_MANY_FROM_ADDRESS -> "too-many";
    };
  }
}
