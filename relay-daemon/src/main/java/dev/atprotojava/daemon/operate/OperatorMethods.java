// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.operate;

import dev.atprotojava.daemon.http.RequestThreads;
import dev.atprotojava.daemon.http.Routes;
import dev.atprotojava.daemon.logging.ConsoleLog;
import dev.atprotojava.relay.Relay;
import dev.atprotojava.relay.RelayConfig;
import java.time.Instant;
import java.util.concurrent.Executor;

/** Adds the methods {@code dev.atprotojava.relay.*} to the routes. */
public final class OperatorMethods {
  /** What the names of all methods begin with; what follows is behind the gate. */
  public static final String AUTHORITY = "dev.atprotojava.relay.";

  private static final int AT_ONCE = 32;

  private OperatorMethods() {}

  /**
   * What is known of the process from its start on.
   *
   * @param version of the program
   * @param startedAt when the process began
   * @param memory how much each part may have
   */
  public record Process(String version, Instant startedAt, RelayConfig.Memory memory) {}

  /** Adds all of them. */
  public static void addTo(Routes.Builder routes, Relay relay, Process process) {
    Executor reading = RequestThreads.disk("operator");
    Executor doing = RequestThreads.virtual("operator", AT_ONCE);
    routes
        .query(AUTHORITY + "getStatus", reading, new GetStatusEndpoint(relay, process))
        .query(AUTHORITY + "listHosts", reading, new ListHostsEndpoint(relay))
        .query(AUTHORITY + "listConsumers", reading, new ListConsumersEndpoint(relay))
        .query(AUTHORITY + "listAudit", reading, new ListAuditEndpoint(relay.auditTrail()))
        .procedure(
            DiscoverHostEndpoint.NSID,
            doing,
            new DiscoverHostEndpoint(relay.hosts(), relay.auditTrail()))
        .procedure(
            AUTHORITY + "disconnectConsumer",
            doing,
            new DisconnectConsumerEndpoint(relay.consumers(), relay.auditTrail()))
        .procedure(
            AUTHORITY + "setLogLevel",
            doing,
            new SetLogLevelEndpoint(relay.auditTrail(), ConsoleLog::level, ConsoleLog::setLevel));
  }
}
