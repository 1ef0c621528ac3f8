// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.admin;

import dev.atprotojava.daemon.http.Answer;
import dev.atprotojava.daemon.http.Endpoint;
import dev.atprotojava.daemon.http.Request;
import dev.atprotojava.relay.consumer.Consumers;
import java.util.List;

/**
 * {@code GET /admin/consumers/ended}: the last consumers that are gone, in the order in which they
 * went, as {@link AdminListConsumersEndpoint} shows those that are there, and with {@code ended_at}
 * and {@code reason}. Not of the reference relay.
 */
public final class AdminListEndedConsumersEndpoint implements Endpoint {
  private final Consumers consumers;

  /** The endpoint. */
  public AdminListEndedConsumersEndpoint(Consumers consumers) {
    this.consumers = consumers;
  }

  @Override
  public Answer answer(Request request) {
    List<Consumers.Ending> endings = consumers.lastEndings();
    return Answer.jsonArray(
        json -> {
          for (Consumers.Ending ending : endings) {
            json.writeStartObject();
            AdminListConsumersEndpoint.write(json, ending.row());
            json.writeStringField("ended_at", ending.at().toString());
            json.writeStringField("reason", ending.reason().name());
            json.writeEndObject();
          }
        });
  }
}
