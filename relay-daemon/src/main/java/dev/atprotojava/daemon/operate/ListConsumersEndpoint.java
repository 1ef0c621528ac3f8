// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.operate;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.atprotojava.daemon.http.Answer;
import dev.atprotojava.daemon.http.Endpoint;
import dev.atprotojava.daemon.http.Request;
import dev.atprotojava.relay.Relay;
import dev.atprotojava.relay.consumer.Consumers;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;

/** {@code listConsumers}: who reads the firehose, how far they are, and how fast they take it. */
final class ListConsumersEndpoint implements Endpoint {
  private static final int DEFAULT_PAGE = 200;

  private final Relay relay;

  ListConsumersEndpoint(Relay relay) {
    this.relay = relay;
  }

  @Override
  public Answer answer(Request request) {
    int limit = request.limit(DEFAULT_PAGE);
    long after = request.cursor();
    long newest = relay.gauges().publishedSeq();
    List<Consumers.Row> rows =
        relay.consumers().list().stream()
            .filter(row -> row.id() > after)
            .sorted(Comparator.comparingLong(Consumers.Row::id))
            .limit(limit)
            .toList();
    return Answer.json(
        json -> {
          if (rows.size() == limit) {
            json.writeStringField("cursor", Long.toString(rows.getLast().id()));
          }
          json.writeArrayFieldStart("consumers");
          for (Consumers.Row row : rows) {
            json.writeStartObject();
            write(json, row, newest);
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  private static void write(JsonGenerator json, Consumers.Row row, long newest) throws IOException {
    json.writeNumberField("id", row.id());
    json.writeStringField("address", row.peer().address());
    json.writeStringField("userAgent", row.peer().userAgent());
    json.writeStringField("connectedAt", row.connectedAt().toString());
    json.writeNumberField("seq", row.position());
    json.writeNumberField("lag", Math.max(0, newest - row.position()));
    json.writeNumberField("eventsPerSecond", row.eventsPerSecond());
    json.writeNumberField("events", row.frames());
    json.writeNumberField("bytes", row.bytes());
  }
}
