// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.daemon.http.Answer;
import dev.atprotojava.daemon.http.Endpoint;
import dev.atprotojava.daemon.http.Request;
import dev.atprotojava.relay.DropReason;
import dev.atprotojava.relay.Relay;
import dev.atprotojava.relay.host.HostView;
import dev.atprotojava.sync.CommitFault;
import dev.atprotojava.sync.HostStatus;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * {@code GET /admin/pds/list}: all hosts, in an array of objects with the fields of the reference
 * relay, and after them our own: {@code Status} and {@code Reason}, {@code Epoch}, {@code Emitted}
 * and {@code Drops} since the start by reason, {@code Waived} by fault, and {@code LastBadMessage},
 * the beginning of the last message that was none, in hexadecimal. Reads the database.
 */
public final class AdminListHostsEndpoint implements Endpoint {
  private static final int SECOND = 1;
  private static final int HOUR = 3_600;
  private static final int DAY = 86_400;
  private static final int MOST = 10_000;
  private static final int SHOWN_BYTES = 256;

  private final Relay relay;

  /** The endpoint. */
  public AdminListHostsEndpoint(Relay relay) {
    this.relay = relay;
  }

  @Override
  public Answer answer(Request request) {
    List<HostView> hosts = relay.hosts().list(0, MOST);
    Map<Integer, Long> accounts = relay.accountCounts();
    return Answer.jsonArray(
        json -> {
          for (HostView host : hosts) {
            json.writeStartObject();
            writeReferenceFields(json, host, accounts.getOrDefault(host.id(), 0L));
            writeOurFields(json, host);
            json.writeEndObject();
          }
        });
  }

  private static void writeReferenceFields(JsonGenerator json, HostView host, long accounts)
      throws IOException {
    json.writeNumberField("ID", host.id());
    json.writeStringField("CreatedAt", host.createdAt().toString());
    json.writeStringField("Host", host.hostname());
    json.writeBooleanField("SSL", host.secure());
    json.writeNumberField("Cursor", host.seq());
    json.writeBooleanField("Registered", host.status() == HostStatus.ACTIVE);
    json.writeBooleanField("Blocked", host.status() == HostStatus.BANNED);
    json.writeNumberField("CrawlRateLimit", 0);
    json.writeNumberField("RepoCount", accounts);
    json.writeNumberField("RepoLimit", host.accountLimit());
    json.writeBooleanField("HasActiveConnection", host.connected());
    long dropped = host.drops().values().stream().mapToLong(Long::longValue).sum();
    json.writeNumberField("EventsSeenSinceStartup", host.emitted() + dropped + host.underWay());
    writeRate(json, "PerSecondEventRate", host.rates().perSecond(), SECOND);
    writeRate(json, "PerHourEventRate", host.rates().perHour(), HOUR);
    writeRate(json, "PerDayEventRate", host.rates().perDay(), DAY);
    json.writeNumberField("UserCount", accounts);
    json.writeBooleanField("AccountLimitAlertsSilenced", false);
    json.writeStringField("AccountLimitAlertState", "ok");
  }

  private static void writeRate(JsonGenerator json, String name, long max, int windowSeconds)
      throws IOException {
    json.writeObjectFieldStart(name);
    json.writeNumberField("Max", max);
    json.writeNumberField("Window", windowSeconds);
    json.writeEndObject();
  }

  private static void writeOurFields(JsonGenerator json, HostView host) throws IOException {
    json.writeStringField("Status", host.status().wire());
    json.writeStringField("Reason", host.reason());
    json.writeBooleanField("Trusted", host.trusted());
    json.writeNumberField("Epoch", host.epoch());
    json.writeNumberField("Gap", host.gap());
    json.writeNumberField("Emitted", host.emitted());
    json.writeObjectFieldStart("Drops");
    for (DropReason reason : DropReason.values()) {
      Long count = host.drops().get(reason);
      if (count != null) {
        json.writeNumberField(reason.name(), count);
      }
    }
    json.writeEndObject();
    Bytes poison = host.lastPoison();
    if (!poison.isEmpty()) {
      json.writeStringField(
          "LastBadMessage", poison.slice(0, Math.min(poison.length(), SHOWN_BYTES)).toHex());
    }
    json.writeObjectFieldStart("Waived");
    for (CommitFault fault : CommitFault.values()) {
      Long count = host.waived().get(fault);
      if (count != null) {
        json.writeNumberField(fault.name(), count);
      }
    }
    json.writeEndObject();
  }
}
