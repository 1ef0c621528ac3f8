// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.xrpc;

import dev.atprotojava.daemon.http.Answer;
import dev.atprotojava.daemon.http.Endpoint;
import dev.atprotojava.daemon.http.Request;
import dev.atprotojava.relay.Relay;
import dev.atprotojava.relay.host.HostView;
import java.util.List;
import java.util.Map;

/**
 * {@code com.atproto.sync.listHosts}: the hosts in the order in which they were added (RL-72,
 * T-80). {@code seq} is where each is now, not where the database has it. Reads the database.
 */
public final class ListHostsEndpoint implements Endpoint {
  private static final int DEFAULT_LIMIT = 200;

  private final Relay relay;

  /** The endpoint. */
  public ListHostsEndpoint(Relay relay) {
    this.relay = relay;
  }

  @Override
  public Answer answer(Request request) {
    int limit = request.limit(DEFAULT_LIMIT);
    List<HostView> found = relay.hosts().list(request.cursor(), limit + 1);
    List<HostView> page = found.subList(0, Math.min(limit, found.size()));
    Map<Integer, Long> accounts = relay.accountCounts();
    return Answer.json(
        json -> {
          if (found.size() > limit) { // T-77: whenever there is more, and only then
            json.writeStringField("cursor", Integer.toString(page.getLast().id()));
          }
          json.writeArrayFieldStart("hosts");
          for (HostView host : page) {
            json.writeStartObject();
            HostObject.write(json, host, accounts.getOrDefault(host.id(), 0L));
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }
}
