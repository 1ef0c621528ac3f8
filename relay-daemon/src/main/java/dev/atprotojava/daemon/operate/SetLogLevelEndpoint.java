// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.operate;

import dev.atprotojava.daemon.config.LogLevel;
import dev.atprotojava.daemon.http.Answer;
import dev.atprotojava.daemon.http.ApiException;
import dev.atprotojava.daemon.http.Endpoint;
import dev.atprotojava.daemon.http.Request;
import dev.atprotojava.relay.AuditTrail;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** {@code setLogLevel}: how much is logged, until the next start. */
final class SetLogLevelEndpoint implements Endpoint {
  private final AuditTrail trail;
  private final Supplier<LogLevel> current;
  private final Consumer<LogLevel> change;

  SetLogLevelEndpoint(AuditTrail trail, Supplier<LogLevel> current, Consumer<LogLevel> change) {
    this.trail = trail;
    this.current = current;
    this.change = change;
  }

  static String text(LogLevel level) {
    return level.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public Answer answer(Request request) {
    String wanted = request.json().only("level").required("level");
    LogLevel after =
        Arrays.stream(LogLevel.values())
            .filter(level -> text(level).equals(wanted))
            .findFirst()
            .orElseThrow(
                () -> ApiException.invalidRequest("level must be error, warn, info or debug"));
    LogLevel before = current.get();
    trail.add(request.actor(), "log.level", "", text(before), text(after));
    change.accept(after);
    return Answer.json(
        json -> {
          json.writeStringField("before", text(before));
          json.writeStringField("after", text(after));
        });
  }
}
