// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.host;

import dev.atprotojava.syntax.Hostname;
import dev.atprotojava.syntax.InvalidSyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A server to connect to.
 *
 * @param hostname in lower case
 * @param secure true if it is reached by TLS
 */
record CrawlTarget(String hostname, boolean secure) {
  /**
   * Reads a name; addresses with a scheme are taken for the hostname in them. Null if it is none
   * that a host may have.
   */
  static @Nullable CrawlTarget parse(String name, boolean dev) {
    String text = name.strip().toLowerCase(Locale.ROOT);
    boolean clear = false;
    int scheme = text.indexOf("://");
    if (scheme >= 0) {
      String prefix = text.substring(0, scheme);
      clear = prefix.equals("http") || prefix.equals("ws");
      if (!clear && !prefix.equals("https") && !prefix.equals("wss")) {
        return null;
      }
      text = text.substring(scheme + 3);
      int path = text.indexOf('/');
      text = path < 0 ? text : text.substring(0, path);
    }
    try {
      Hostname hostname = dev ? Hostname.parseLocal(text) : Hostname.parse(text);
      boolean secure = !hostname.isLocalhost() && !clear;
      return secure || dev ? new CrawlTarget(hostname.toString(), secure) : null;
    } catch (InvalidSyntaxException e) {
      return null;
    }
  }
}
