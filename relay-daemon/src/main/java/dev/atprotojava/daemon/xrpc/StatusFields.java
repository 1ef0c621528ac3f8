// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.xrpc;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.atprotojava.sync.AccountStatus;
import java.io.IOException;

/** A status as {@code active} and, where there is a word for it, {@code status} (SC-80, T-73). */
final class StatusFields {
  private StatusFields() {}

  static void write(JsonGenerator json, AccountStatus status) throws IOException {
    json.writeBooleanField("active", status.isActive());
    String word = status.wire();
    if (word != null) {
      json.writeStringField("status", word);
    }
  }
}
