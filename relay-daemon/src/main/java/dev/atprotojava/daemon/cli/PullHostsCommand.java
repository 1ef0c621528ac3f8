// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.cli;

import dev.atprotojava.daemon.assembly.DescribeServerProbe;
import dev.atprotojava.daemon.config.DaemonConfig;
import dev.atprotojava.daemon.config.Product;
import dev.atprotojava.daemon.config.Setting;
import dev.atprotojava.daemon.config.Settings;
import dev.atprotojava.daemon.discovery.HostVerdict;
import dev.atprotojava.daemon.discovery.PeerHosts;
import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.relay.RelayException;
import dev.atprotojava.relay.host.HostBook;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * {@code relay pull-hosts}: takes over the hosts of another relay, a line for each. They are
 * followed from whatever they say next. A relay that is at work is told; else they are put where it
 * will find them.
 */
final class PullHostsCommand implements Callable<Integer> {
  private static final String RELAY_HOST = "--relay-host";
  private static final String DRY_RUN = "--dry-run";
  private static final String CURSOR = "--cursor";
  private static final String API = "--api";
  private static final String RELAY_HOST_VARIABLE = "RELAY_HOST";
  private static final String DEFAULT_RELAY = "https://bsky.network";
  private static final Duration CALL = Duration.ofSeconds(30);
  private static final Duration PROBE = Duration.ofSeconds(5);
  private static final List<Setting> SETTINGS =
      List.of(
          Setting.DATABASE,
          Setting.PERSIST_DIR,
          Setting.API_LISTEN,
          Setting.ADMIN_PASSWORD,
          Setting.ADMIN_PASSWORD_FILE,
          Setting.CONFIG,
          Setting.DEV);

  private final RelayCommand.Surroundings world;
  private final Product product;
  private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);
  private final SettingFlags flags = new SettingFlags(spec, SETTINGS);

  /** Where hosts go to, and what becomes of each in a word. */
  private interface Offer extends AutoCloseable {
    String offer(String hostname) throws IOException;

    @Override
    default void close() throws IOException {}
  }

  PullHostsCommand(RelayCommand.Surroundings world, Product product) {
    this.world = world;
    this.product = product;
  }

  CommandLine commandLine() {
    spec.usageMessage()
        .width(100)
        .sortOptions(false)
        .description(
            "Follow the hosts of another relay, from whatever they say next. Writes what becomes of"
                + " each. May be run again: those that are known are left as they are.",
            "");
    spec.addOption(
        OptionSpec.builder(RELAY_HOST)
            .type(URI.class)
            .paramLabel("URL")
            .description("The other relay.", "(RELAY_HOST; default " + DEFAULT_RELAY + ")")
            .build());
    spec.addOption(
        OptionSpec.builder(DRY_RUN)
            .type(boolean.class)
            .description("Only write which hosts would be asked who they are.")
            .build());
    spec.addOption(
        OptionSpec.builder(CURSOR)
            .type(String.class)
            .paramLabel("TEXT")
            .description("Where to go on, as an interrupted run said.")
            .build());
    spec.addOption(
        OptionSpec.builder(API)
            .type(URI.class)
            .paramLabel("URL")
            .description("The relay that is at work; otherwise the one at --bind on this machine.")
            .build());
    flags.add();
    RelayCommand.addHelp(spec);
    return new CommandLine(spec);
  }

  @Override
  public Integer call() throws IOException {
    Settings settings = flags.read(world);
    DaemonConfig config = DaemonConfig.of(settings);
    boolean dev = config.relay().hosts().dev();
    AddressPolicy policy = dev ? AddressPolicy.dev() : AddressPolicy.publicOnly();
    OkHttpClient client =
        policy
            .applyTo(new OkHttpClient.Builder().dispatcher(new Dispatcher()))
            .callTimeout(CALL)
            .build();
    boolean dryRun = spec.findOption(DRY_RUN).getValue() != null;
    try (Offer offer = dryRun ? name -> "would be asked" : offer(config, client)) {
      return pull(new PeerHosts(client, product.mark()), offer);
    } finally {
      client.connectionPool().evictAll();
    }
  }

  private URI peer() {
    @Nullable URI given = spec.findOption(RELAY_HOST).getValue();
    String variable = world.environment().getOrDefault(RELAY_HOST_VARIABLE, "");
    if (given != null) {
      return given;
    }
    return URI.create(variable.isBlank() ? DEFAULT_RELAY : variable.strip());
  }

  private int pull(PeerHosts peers, Offer offer) {
    URI peer = peer();
    @Nullable String cursor = spec.findOption(CURSOR).getValue();
    try {
      while (true) {
        PeerHosts.Page page = peers.page(peer, cursor);
        for (PeerHosts.Listed host : page.hosts()) {
          world.out().println(host.hostname() + ": " + verdict(host, offer));
        }
        world.out().flush();
        if (page.cursor() == null || page.cursor().equals(cursor)) {
          return ExitCode.OK;
        }
        cursor = page.cursor();
      }
    } catch (IOException | IllegalArgumentException e) {
      String again = cursor == null ? "" : " Run it again with --cursor " + cursor + " to go on.";
      throw RelayException.refused(
          "the hosts of " + peer + " could not be taken over: " + e.getMessage() + "." + again);
    }
  }

  private static String verdict(PeerHosts.Listed host, Offer offer) throws IOException {
    if (host.status().isEmpty()) {
      return "status=unknown";
    }
    if (!host.status().equals("active") && !host.status().equals("idle")) {
      return "status=" + host.status().replaceAll("[^a-z-]", "?");
    }
    return host.seq() <= 0 ? "no-cursor" : offer.offer(host.hostname());
  }

  private Offer offer(DaemonConfig config, OkHttpClient client) throws IOException {
    @Nullable URI api = spec.findOption(API).getValue();
    if (api == null) {
      Optional<HostBook> book =
          HostBook.open(
              config.relay(),
              new DescribeServerProbe(
                  client.newBuilder().callTimeout(PROBE).build(), product.mark()),
              InstantSource.system(),
              new SecureRandom());
      if (book.isPresent()) {
        return toBook(book.get());
      }
    }
    if (config.admin().keys().isEmpty()) {
      throw RelayException.refused(
          "the relay is at work on "
              + config.relay().logDirectory()
              + ", and can be told with an administrator's password only: set"
              + " RELAY_ADMIN_PASSWORD.");
    }
    HostApi running =
        new HostApi(
            api == null ? HostApi.address(config.http().api()) : api,
            config.admin().keys().getFirst());
    return running::discover;
  }

  private static Offer toBook(HostBook book) {
    return new Offer() {
      @Override
      public String offer(String hostname) {
        return HostVerdict.of(book.discover(hostname));
      }

      @Override
      public void close() throws IOException {
        book.close();
      }
    };
  }
}
