// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.operate;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.atprotojava.daemon.http.Answer;
import dev.atprotojava.daemon.http.Endpoint;
import dev.atprotojava.daemon.http.Request;
import dev.atprotojava.relay.Relay;
import dev.atprotojava.relay.host.HostView;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code listHosts}: everything that the relay knows of each host. Reads the database. */
final class ListHostsEndpoint implements Endpoint {
  private static final int DEFAULT_PAGE = 200;

  private final Relay relay;

  ListHostsEndpoint(Relay relay) {
    this.relay = relay;
  }

  @Override
  public Answer answer(Request request) {
    int limit = request.limit(DEFAULT_PAGE);
    List<HostView> hosts = relay.hosts().list(request.cursor(), limit);
    Map<Integer, Long> accounts = relay.accountCounts();
    return Answer.json(
        json -> {
          if (hosts.size() == limit) {
            json.writeStringField("cursor", Integer.toString(hosts.getLast().id()));
          }
          json.writeArrayFieldStart("hosts");
          for (HostView host : hosts) {
            json.writeStartObject();
            write(json, host, accounts.getOrDefault(host.id(), 0L));
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  private static void write(JsonGenerator json, HostView host, long accounts) throws IOException {
    json.writeNumberField("id", host.id());
    json.writeStringField("hostname", host.hostname());
    json.writeBooleanField("secure", host.secure());
    json.writeStringField("createdAt", host.createdAt().toString());
    json.writeStringField("status", host.status().wire());
    json.writeStringField("reason", host.reason());
    json.writeBooleanField("connected", host.connected());
    json.writeBooleanField("trusted", host.trusted());
    json.writeNumberField("accountCount", accounts);
    json.writeNumberField("accountLimit", host.accountLimit());
    json.writeObjectFieldStart("eventLimits");
    json.writeNumberField("perSecond", host.rates().perSecond());
    json.writeNumberField("perHour", host.rates().perHour());
    json.writeNumberField("perDay", host.rates().perDay());
    json.writeEndObject();
    json.writeNumberField("epoch", host.epoch());
    json.writeNumberField("seq", host.seq());
    json.writeNumberField("gap", host.gap());
    json.writeNumberField("underWay", host.underWay());
    json.writeNumberField("emitted", host.emitted());
    writeCounts(json, "drops", host.drops());
    writeCounts(json, "waived", host.waived());
    if (!host.lastPoison().isEmpty()) {
      json.writeStringField("lastBadMessage", host.lastPoison().toHex());
    }
  }

  /** In the order of the constants: two answers can be compared. */
  private static <E extends Enum<E>> void writeCounts(
      JsonGenerator json, String name, Map<E, Long> counts) throws IOException {
    json.writeArrayFieldStart(name);
    for (Map.Entry<E, Long> each : new TreeMap<>(counts).entrySet()) {
      json.writeStartObject();
      json.writeStringField("reason", each.getKey().name());
      json.writeNumberField("count", each.getValue());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
