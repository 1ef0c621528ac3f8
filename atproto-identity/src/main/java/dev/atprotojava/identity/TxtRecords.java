// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import java.io.IOException;
import java.util.List;

/**
 * Looks TXT records up. The seam between {@link NetworkHandleResolver} and the name servers; {@link
 * #ofSystem} is the real one. Threads may share one.
 */
@FunctionalInterface
public interface TxtRecords {

  /**
   * The values of all TXT records of a name, each joined from its character-strings; empty if the
   * name, or the record, does not exist. Blocks, for a time that the lookup must bound.
   *
   * @param name without a dot at its end
   * @throws IOException if it could not be found out
   */
  List<String> lookup(String name) throws IOException;

  /**
   * At the name servers that the machine is configured with, within 3 seconds, without its search
   * domains.
   */
  static TxtRecords ofSystem() {
    return PublicTxt.ofSystem();
  }
}
