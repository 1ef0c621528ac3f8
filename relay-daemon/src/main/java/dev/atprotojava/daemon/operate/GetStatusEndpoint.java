// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.operate;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.atprotojava.daemon.http.Answer;
import dev.atprotojava.daemon.http.Endpoint;
import dev.atprotojava.daemon.http.Request;
import dev.atprotojava.daemon.logging.ConsoleLog;
import dev.atprotojava.relay.Relay;
import dev.atprotojava.relay.RelayConfig;
import dev.atprotojava.sync.HostStatus;
import java.io.IOException;
import java.util.Collection;

/** {@code getStatus}: the relay in numbers, at one moment. */
final class GetStatusEndpoint implements Endpoint {
  private final Relay relay;
  private final OperatorMethods.Process process;

  GetStatusEndpoint(Relay relay, OperatorMethods.Process process) {
    this.relay = relay;
    this.process = process;
  }

  @Override
  public Answer answer(Request request) {
    Relay.Gauges gauges = relay.gauges();
    Collection<HostStatus> statuses = relay.hosts().statuses();
    return Answer.json(
        json -> {
          json.writeStringField("version", process.version());
          json.writeStringField("startedAt", process.startedAt().toString());
          json.writeBooleanField("healthy", relay.isHealthy());
          json.writeStringField("logLevel", SetLogLevelEndpoint.text(ConsoleLog.level()));
          json.writeNumberField("consumers", relay.consumers().count());
          json.writeArrayFieldStart("hosts");
          for (HostStatus status : HostStatus.values()) {
            long count = statuses.stream().filter(each -> each == status).count();
            if (count > 0) {
              json.writeStartObject();
              json.writeStringField("status", status.wire());
              json.writeNumberField("count", count);
              json.writeEndObject();
            }
          }
          json.writeEndArray();
          writeWindow(json, gauges);
          writeMemory(json, gauges, process.memory());
        });
  }

  private static void writeWindow(JsonGenerator json, Relay.Gauges gauges) throws IOException {
    json.writeObjectFieldStart("log");
    json.writeNumberField("oldestSeq", gauges.oldestSeq());
    json.writeNumberField("publishedSeq", gauges.publishedSeq());
    json.writeNumberField("durableSeq", gauges.durableSeq());
    json.writeNumberField("nextSeq", gauges.nextSeq());
    json.writeNumberField("appliedSeq", gauges.appliedSeq());
    json.writeNumberField("bytes", gauges.logBytes());
    json.writeNumberField("damaged", gauges.damaged());
    json.writeNumberField("waiting", gauges.waiting());
    json.writeEndObject();
  }

  private static void writeMemory(
      JsonGenerator json, Relay.Gauges gauges, RelayConfig.Memory memory) throws IOException {
    Runtime runtime = Runtime.getRuntime();
    json.writeObjectFieldStart("memory");
    json.writeNumberField("inFlight", gauges.inFlightBytes());
    json.writeNumberField("inFlightLimit", memory.inFlight());
    json.writeNumberField("inFlightPerHostLimit", memory.inFlightPerHost());
    json.writeNumberField("accountsLimit", memory.accounts());
    json.writeNumberField("tailLimit", memory.tail());
    json.writeNumberField("coldCacheLimit", memory.coldCache());
    json.writeNumberField("heap", runtime.totalMemory() - runtime.freeMemory());
    json.writeNumberField("heapLimit", runtime.maxMemory());
    json.writeEndObject();
  }
}
