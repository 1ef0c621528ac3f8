// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.operate;

import dev.atprotojava.daemon.http.Answer;
import dev.atprotojava.daemon.http.ApiException;
import dev.atprotojava.daemon.http.Endpoint;
import dev.atprotojava.daemon.http.Request;
import dev.atprotojava.relay.AuditTrail;
import dev.atprotojava.relay.consumer.Consumers;

/**
 * {@code disconnectConsumer}: ends a consumer's connection. It is told that the operator did, and
 * counted as {@code KICKED}; nothing keeps it from coming again.
 */
final class DisconnectConsumerEndpoint implements Endpoint {
  private final Consumers consumers;
  private final AuditTrail trail;

  DisconnectConsumerEndpoint(Consumers consumers, AuditTrail trail) {
    this.consumers = consumers;
    this.trail = trail;
  }

  @Override
  public Answer answer(Request request) {
    long id = request.json().only("id").requiredNumber("id", 1, Long.MAX_VALUE);
    Consumers.Row row =
        consumers
            .disconnect(id)
            .orElseThrow(
                () -> ApiException.of(404, "ConsumerNotFound", "there is no such consumer"));
    trail.add(
        request.actor(),
        "consumer.disconnect",
        row.peer().address() + " " + row.peer().userAgent(),
        "connection " + row.id() + " at seq " + row.position(),
        "");
    return Answer.json(
        json -> {
          json.writeNumberField("id", row.id());
          json.writeStringField("address", row.peer().address());
          json.writeNumberField("seq", row.position());
        });
  }
}
