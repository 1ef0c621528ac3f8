// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.admin;

import dev.atprotojava.daemon.http.Answer;
import dev.atprotojava.daemon.http.ApiException;

/** What an administrator is answered by what only does something. */
final class Success {
  private Success() {}

  /** It is done; in the words of the reference relay, which has a text for the truth value. */
  static Answer done() {
    return Answer.json(json -> json.writeStringField("success", "true"));
  }

  /** It is done, if the host is known. */
  static Answer ofHost(boolean known) {
    if (!known) {
      throw ApiException.of(404, "HostNotFound", "this relay does not know the host");
    }
    return done();
  }
}
