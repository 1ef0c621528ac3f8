// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.atprotojava.daemon.http.Answer;
import dev.atprotojava.daemon.http.Endpoint;
import dev.atprotojava.daemon.http.Request;
import dev.atprotojava.relay.consumer.Consumers;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;

/**
 * {@code GET /admin/consumers/list}: who reads the firehose, in an array of objects with the fields
 * of the reference relay, and two of our own: {@code seq}, the last event that was written to it,
 * and {@code bytes_sent}. Never blocks.
 */
public final class AdminListConsumersEndpoint implements Endpoint {
  private final Consumers consumers;

  /** The endpoint. */
  public AdminListConsumersEndpoint(Consumers consumers) {
    this.consumers = consumers;
  }

  @Override
  public Answer answer(Request request) {
    List<Consumers.Row> rows =
        consumers.list().stream().sorted(Comparator.comparingLong(Consumers.Row::id)).toList();
    return Answer.jsonArray(
        json -> {
          for (Consumers.Row row : rows) {
            json.writeStartObject();
            write(json, row);
            json.writeEndObject();
          }
        });
  }

  static void write(JsonGenerator json, Consumers.Row row) throws IOException {
    json.writeNumberField("id", row.id());
    json.writeStringField("remote_addr", row.peer().address());
    json.writeStringField("user_agent", row.peer().userAgent());
    json.writeNumberField("events_consumed", row.frames());
    json.writeStringField("connected_at", row.connectedAt().toString());
    json.writeNumberField("seq", row.position());
    json.writeNumberField("bytes_sent", row.bytes());
  }
}
