// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.xrpc;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.sync.AccountStatus;
import java.io.IOException;

/**
 * A status as {@code active} and, where there is a word for it, {@code status} (SC-80, T-73). An
 * account of which events were lost here is active and {@code desynchronized} (SC-63).
 */
final class StatusFields {
  private StatusFields() {}

  static void write(JsonGenerator json, AccountRecord account) throws IOException {
    AccountStatus status = account.effectiveStatus();
    json.writeBooleanField("active", status.isActive());
    String word = account.isDesynchronized() ? AccountStatus.DESYNCHRONIZED.wire() : status.wire();
    if (word != null) {
      json.writeStringField("status", word);
    }
  }
}
