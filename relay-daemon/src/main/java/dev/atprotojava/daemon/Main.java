// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon;

import dev.atprotojava.relay.RelayConfig;
import dev.atprotojava.relay.host.Hosts;
import dev.atprotojava.relay.host.TrustedDomains;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The command line of the relay. */
public final class Main {
  private Main() {}

  /** Runs a command. */
  public static void main(String[] args) throws Exception {
    Map<String, String> env = System.getenv();
    RelayConfig defaults = RelayConfig.defaults(Path.of("data/relay"));
    RelayConfig relay =
        new RelayConfig(
            Path.of(
                env.getOrDefault("DATABASE_URL", "sqlite://data/relay/relay.sqlite").substring(9)),
            Path.of(env.getOrDefault("RELAY_PERSIST_DIR", "data/relay/persist")),
            defaults.log(),
            defaults.memory(),
            defaults.lanes(),
            new Hosts.Policy(true, new TrustedDomains(List.of("*")), 50, 100, false),
            defaults.flushInterval());
    String[] api = env.getOrDefault("RELAY_API_LISTEN", "127.0.0.1:2470").split(":");
    DaemonConfig config =
        new DaemonConfig(
            new InetSocketAddress(api[0], Integer.parseInt(api[1])),
            new InetSocketAddress("127.0.0.1", 2471),
            List.of(URI.create(env.getOrDefault("RELAY_PLC_HOST", "https://plc.directory"))),
            List.of(),
            relay);
    DaemonWiring wiring = new DaemonWiring(config);
    wiring.relay.start();
    wiring.server.start();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try {
                    wiring.server.stop();
                    wiring.relay.stop();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
    Thread.currentThread().join();
  }
}
