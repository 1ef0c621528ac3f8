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
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /admin/pds/list}: all hosts, in an array of objects with the fields of the reference
 * relay, and after them our own.
 *
 * <p>Ours are how the relay stands to the host ({@code Status}, {@code Reason}, {@code Since},
 * {@code NextAttempt}, {@code LastError} and {@code LastErrorAt}), what it may do ({@code Trusted},
 * {@code Posture} and until when, {@code WaitingAccounts} of which there are too many), where it is
 * ({@code Epoch}, {@code Gap}, {@code LastEventTime}, {@code LagSeconds}) and what became of its
 * events since the start: {@code Emitted}, {@code Drops} by reason, the same in the last hour and
 * day, {@code Waived} by fault, and {@code LastBadMessage}, the beginning of the last message that
 * was none, in hexadecimal. What is not known is not there.
 *
 * <p>The account limit's alert is what the numbers say now: {@code warning} from four fifths on,
 * unless it is silenced or the host is banned.
 */
public final class AdminListHostsEndpoint implements Endpoint {
  private static final int SECOND = 1;
  private static final int HOUR = 3_600;
  private static final int DAY = 86_400;
  private static final int MOST = 10_000;
  private static final int SHOWN_BYTES = 256;
  private static final double ALERT_FROM = 0.8;

  private final Relay relay;

  /** The endpoint. */
  public AdminListHostsEndpoint(Relay relay) {
    this.relay = relay;
  }

  @Override
  public Answer answer(Request request) {
    List<HostView> hosts = relay.hosts().list(0, MOST);
    return Answer.jsonArray(
        json -> {
          for (HostView host : hosts) {
            json.writeStartObject();
            writeReferenceFields(json, host);
            writeOurFields(json, host);
            json.writeEndObject();
          }
        });
  }

  private static void writeReferenceFields(JsonGenerator json, HostView host) throws IOException {
    long accounts = host.accounts();
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
    json.writeBooleanField("AccountLimitAlertsSilenced", host.alertsSilenced());
    json.writeStringField("AccountLimitAlertState", isNearLimit(host) ? "warning" : "ok");
  }

  private static boolean isNearLimit(HostView host) {
    return !host.alertsSilenced()
        && host.status() != HostStatus.BANNED
        && host.accountLimit() > 0
        && host.accounts() >= host.accountLimit() * ALERT_FROM;
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
    writeTime(json, "Since", host.since());
    writeTime(json, "NextAttempt", host.nextAttempt());
    if (!host.lastError().isEmpty()) {
      json.writeStringField("LastError", host.lastError());
      writeTime(json, "LastErrorAt", host.lastErrorAt());
    }
    json.writeBooleanField("Trusted", host.trusted());
    json.writeNumberField("WaitingAccounts", host.waitingAccounts());
    HostView.Observation observation = host.observation();
    json.writeStringField("Posture", observation.posture().name().toLowerCase(Locale.ROOT));
    writeTime(json, "PostureUntil", observation.until());
    json.writeNumberField("CleanCommits", observation.cleanCommits());
    writeTime(json, "CleanSince", observation.cleanSince());
    json.writeNumberField("Epoch", host.epoch());
    json.writeNumberField("Gap", host.gap());
    writeTime(json, "LastEventTime", host.lastEventTime());
    Duration lag = host.lag();
    if (lag != null) {
      json.writeNumberField("LagSeconds", lag.toSeconds());
    }
    json.writeNumberField("Emitted", host.emitted());
    writeDrops(json, "Drops", host.drops());
    writeDrops(json, "DropsLastHour", host.recentDrops().lastHour());
    writeDrops(json, "DropsLastDay", host.recentDrops().lastDay());
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

  private static void writeTime(JsonGenerator json, String name, @Nullable Instant time)
      throws IOException {
    if (time != null) {
      json.writeStringField(name, time.toString());
    }
  }

  private static void writeDrops(JsonGenerator json, String name, Map<DropReason, Long> drops)
      throws IOException {
    json.writeObjectFieldStart(name);
    for (DropReason reason : DropReason.values()) {
      Long count = drops.get(reason);
      if (count != null) {
        json.writeNumberField(reason.name(), count);
      }
    }
    json.writeEndObject();
  }
}
