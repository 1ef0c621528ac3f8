// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.xrpc;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.atprotojava.relay.host.HostView;
import java.io.IOException;

/**
 * A host as {@code listHosts} and {@code getHostStatus} show it. All four fields are always there:
 * relays that copy a list pass over a host without a status or a seq.
 */
final class HostObject {
  private HostObject() {}

  static void write(JsonGenerator json, HostView host, long accounts) throws IOException {
    json.writeStringField("hostname", host.hostname());
    json.writeNumberField("seq", host.seq());
    json.writeNumberField("accountCount", accounts);
    json.writeStringField("status", host.status().wire());
  }
}
