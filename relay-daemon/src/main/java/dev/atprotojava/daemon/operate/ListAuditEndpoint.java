// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.operate;

import dev.atprotojava.daemon.http.Answer;
import dev.atprotojava.daemon.http.Endpoint;
import dev.atprotojava.daemon.http.Request;
import dev.atprotojava.relay.AuditTrail;
import dev.atprotojava.relay.store.AuditEntry;
import dev.atprotojava.relay.store.RelayStore;
import java.util.List;

/** {@code listAudit}: what administrators did, the newest first. */
final class ListAuditEndpoint implements Endpoint {
  private static final int DEFAULT_PAGE = 100;

  private final AuditTrail trail;

  ListAuditEndpoint(AuditTrail trail) {
    this.trail = trail;
  }

  @Override
  public Answer answer(Request request) {
    int limit = request.limit(DEFAULT_PAGE);
    long cursor = request.cursor();
    List<RelayStore.Audited> entries = trail.newest(cursor == 0 ? Long.MAX_VALUE : cursor, limit);
    return Answer.json(
        json -> {
          if (entries.size() == limit) {
            json.writeStringField("cursor", Long.toString(entries.getLast().id()));
          }
          json.writeArrayFieldStart("entries");
          for (RelayStore.Audited each : entries) {
            AuditEntry entry = each.entry();
            json.writeStartObject();
            json.writeNumberField("id", each.id());
            json.writeStringField("at", entry.at().toString());
            json.writeStringField("actor", entry.actor());
            json.writeStringField("action", entry.action());
            json.writeStringField("subject", entry.subject());
            json.writeStringField("before", entry.before());
            json.writeStringField("after", entry.after());
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }
}
