// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.xrpc;

import dev.atprotojava.daemon.http.Answer;
import dev.atprotojava.daemon.http.Endpoint;
import dev.atprotojava.daemon.http.Request;
import java.util.function.BooleanSupplier;

/**
 * {@code _health}: 200 while log and store accept writes, else 503; hosts and traffic do not count.
 * Never blocks.
 */
public final class HealthEndpoint implements Endpoint {
  private final BooleanSupplier healthy;
  private final String version;

  /** The endpoint. */
  public HealthEndpoint(BooleanSupplier healthy, String version) {
    this.healthy = healthy;
    this.version = version;
  }

  @Override
  public Answer answer(Request request) {
    boolean well = healthy.getAsBoolean();
    return Answer.json(
        well ? 200 : 503,
        json -> {
          json.writeStringField("status", well ? "ok" : "error");
          json.writeStringField("version", version);
          if (!well) {
            json.writeStringField("msg", "the event log or the database does not accept writes");
          }
        });
  }
}
