// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.assembly;

import dev.atprotojava.daemon.admin.AdminGate;
import dev.atprotojava.daemon.admin.AdminHosts;
import dev.atprotojava.daemon.admin.AdminListConsumersEndpoint;
import dev.atprotojava.daemon.admin.AdminListEndedConsumersEndpoint;
import dev.atprotojava.daemon.admin.AdminListHostsEndpoint;
import dev.atprotojava.daemon.admin.AdminListTakedownsEndpoint;
import dev.atprotojava.daemon.admin.AdminRequestCrawlEndpoint;
import dev.atprotojava.daemon.admin.AdminSubscriptions;
import dev.atprotojava.daemon.admin.AdminTakedownEndpoint;
import dev.atprotojava.daemon.admin.GoneRoutes;
import dev.atprotojava.daemon.config.AdminKey;
import dev.atprotojava.daemon.config.DaemonConfig;
import dev.atprotojava.daemon.config.IdentityConfig;
import dev.atprotojava.daemon.config.Product;
import dev.atprotojava.daemon.discovery.HostDiscovery;
import dev.atprotojava.daemon.discovery.PeerHosts;
import dev.atprotojava.daemon.firehose.ConsumerAdmission;
import dev.atprotojava.daemon.firehose.SubscribeReposEndpoint;
import dev.atprotojava.daemon.http.ApiServer;
import dev.atprotojava.daemon.http.RequestThreads;
import dev.atprotojava.daemon.http.Routes;
import dev.atprotojava.daemon.metrics.DoorMeters;
import dev.atprotojava.daemon.metrics.IdentityMeters;
import dev.atprotojava.daemon.metrics.MetricsEndpoint;
import dev.atprotojava.daemon.metrics.RelayMeters;
import dev.atprotojava.daemon.operate.OperatorMethods;
import dev.atprotojava.daemon.xrpc.GetHostStatusEndpoint;
import dev.atprotojava.daemon.xrpc.GetLatestCommitEndpoint;
import dev.atprotojava.daemon.xrpc.GetRepoEndpoint;
import dev.atprotojava.daemon.xrpc.GetRepoStatusEndpoint;
import dev.atprotojava.daemon.xrpc.HealthEndpoint;
import dev.atprotojava.daemon.xrpc.HomeEndpoint;
import dev.atprotojava.daemon.xrpc.ListHostsEndpoint;
import dev.atprotojava.daemon.xrpc.ListReposEndpoint;
import dev.atprotojava.daemon.xrpc.RequestCrawlEndpoint;
import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.identity.CachingDirectory;
import dev.atprotojava.identity.HttpFetcher;
import dev.atprotojava.identity.Lifetimes;
import dev.atprotojava.identity.PlcExport;
import dev.atprotojava.identity.PlcResolver;
import dev.atprotojava.identity.RequestLimits;
import dev.atprotojava.identity.WebDidResolver;
import dev.atprotojava.relay.DirectoryIdentities;
import dev.atprotojava.relay.Relay;
import dev.atprotojava.relay.RelayConfig;
import dev.atprotojava.relay.RelaySurroundings;
import dev.atprotojava.relay.identity.PlcFollower;
import dev.atprotojava.relay.identity.SqliteIdentityStore;
import dev.atprotojava.sync.client.NanoClock;
import dev.atprotojava.sync.client.WebSocketTransport;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/** All construction, from top to bottom: nothing is set later, nothing is looked up. */
final class DaemonWiring {
  private static final int PLC_REQUESTS_AT_ONCE = 64;
  private static final int PLC_REQUESTS_QUEUED = 20_000;
  private static final int PUBLIC_PLC_RATE = 500;
  private static final int LOCAL_PLC_RATE = 20_000;

  // A relay hears of changes: it asks again once a day, before anybody has to wait for that.
  private static final Lifetimes LIFETIMES =
      Lifetimes.defaults().withLifetime(Duration.ofHours(18), Duration.ofHours(24));
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration LIST_OF_HOSTS = Duration.ofSeconds(30);
  private static final Duration READ = Duration.ofSeconds(10);
  private static final int CRAWLS_AT_ONCE = 64;
  private static final int ACCOUNTS_AT_ONCE = 512;
  private static final int DECISIONS_AT_ONCE = 16;

  final HttpFetcher fetcher;
  final HttpFetcher plcFetcher;
  final SqliteIdentityStore identityStore;
  final CachingDirectory identities;
  final @Nullable PlcFollower follower;
  final OkHttpClient client;
  final Relay relay;
  final HostDiscovery discovery;
  final ConsumerAdmission admission;
  final Routes routes;
  final MetricsEndpoint metrics;
  final ApiServer server;

  /**
   * Builds everything, and opens the relay's data.
   *
   * @param adminKeys of the administrators, at least one
   * @param fatal told when going on would break a promise
   */
  DaemonWiring(
      DaemonConfig config, List<AdminKey> adminKeys, Product product, Consumer<Throwable> fatal) {
    boolean dev = config.relay().hosts().dev();
    AddressPolicy policy = dev ? AddressPolicy.dev() : AddressPolicy.publicOnly();
    SecureRandom random = new SecureRandom();
    this.fetcher = HttpFetcher.builder().policy(policy).userAgent(product.mark()).build();
    // The directory is the operator's choice, and may be a mirror beside the relay.
    this.plcFetcher =
        HttpFetcher.builder().policy(AddressPolicy.dev()).userAgent(product.mark()).build();
    List<PlcResolver> plc =
        config.plcDirectories().stream()
            .map(url -> PlcResolver.of(plcFetcher, url.toString(), policy))
            .toList();
    this.identityStore =
        SqliteIdentityStore.open(config.identities().database(), policy, InstantSource.system());
    this.identities =
        CachingDirectory.builder(plc, WebDidResolver.of(fetcher))
            .maxEntries(config.relay().memory().identities())
            .plcLimits(plcLimits(config.identities(), dev))
            .lifetimes(LIFETIMES)
            .store(identityStore, identityStore.readers())
            .build();
    this.follower = follower(config, policy);
    this.client =
        policy
            .applyTo(new OkHttpClient.Builder().dispatcher(new Dispatcher()))
            .connectTimeout(CONNECT)
            .readTimeout(READ)
            .build();
    OkHttpClient asking = client.newBuilder().callTimeout(CONNECT).build();
    this.relay =
        open(
            config.relay(),
            new RelaySurroundings(
                new WebSocketTransport(client, product.mark(), NanoClock.system(), random),
                new DirectoryIdentities(identities, InstantSource.system()),
                new RepoStatusClient(asking, product.mark()),
                new DescribeServerProbe(asking, product.mark()),
                InstantSource.system(),
                NanoClock.system(),
                random,
                fatal));
    this.discovery =
        new HostDiscovery(
            config.discovery(),
            new PeerHosts(client.newBuilder().callTimeout(LIST_OF_HOSTS).build(), product.mark()),
            identityStore,
            relay.hosts()::discover,
            InstantSource.system());
    this.admission =
        new ConsumerAdmission(
            config.http().consumers().max(), config.http().consumers().maxPerAddress());
    this.routes = api(config, product);
    AdminGate api = new AdminGate(adminKeys, routes);
    this.metrics =
        new MetricsEndpoint(
            List.of(
                new RelayMeters(relay),
                new IdentityMeters(identities),
                new DoorMeters(admission, api, product.version())));
    this.server =
        new ApiServer(
            config.http(),
            product.mark(),
            api,
            Routes.builder().get("/metrics", RequestThreads.disk("metrics"), metrics).build());
  }

  private static RequestLimits plcLimits(IdentityConfig config, boolean dev) {
    int otherwise = dev ? LOCAL_PLC_RATE : PUBLIC_PLC_RATE;
    int rate = config.requestsPerSecond() == 0 ? otherwise : config.requestsPerSecond();
    return new RequestLimits(PLC_REQUESTS_AT_ONCE, rate, PLC_REQUESTS_QUEUED);
  }

  private @Nullable PlcFollower follower(DaemonConfig config, AddressPolicy policy) {
    IdentityConfig ours = config.identities();
    String directory = config.plcDirectories().getFirst().toString();
    return ours.follow().isZero()
        ? null
        : new PlcFollower(
            identityStore,
            ours.database(),
            () -> PlcExport.builder(plcFetcher).directory(directory).attempts(2),
            policy,
            InstantSource.system(),
            ours.follow(),
            identities::reload);
  }

  private Relay open(RelayConfig config, RelaySurroundings world) {
    try {
      return Relay.open(config, world);
    } catch (RuntimeException | Error e) {
      identityStore.close(); // as the relay's own, or a start could not be repeated
      throw e;
    }
  }

  private Routes api(DaemonConfig config, Product product) {
    Executor direct = RequestThreads.direct();
    Executor disk = RequestThreads.disk("api-reader");
    Executor accounts = RequestThreads.virtual("account", ACCOUNTS_AT_ONCE);
    Executor decisions = RequestThreads.virtual("takedown", DECISIONS_AT_ONCE);
    Executor crawls = RequestThreads.virtual("crawl", CRAWLS_AT_ONCE);
    HealthEndpoint health = new HealthEndpoint(relay::isHealthy, product.version());
    Routes.Builder routes = Routes.builder();
    GoneRoutes.addTo(routes);
    OperatorMethods.addTo(
        routes,
        relay,
        new OperatorMethods.Process(
            product.version(), InstantSource.system().instant(), config.relay().memory()));
    AdminHosts hosts = new AdminHosts(relay.hostControl());
    AdminSubscriptions subscriptions =
        new AdminSubscriptions(relay.hosts(), relay.hostControl(), config.http().requestCrawl());
    return routes
        .get("/", direct, new HomeEndpoint(product.version()))
        .get("/_health", direct, health)
        .get("/xrpc/_health", direct, health)
        .subscription(
            SubscribeReposEndpoint.NSID, new SubscribeReposEndpoint(relay.consumers(), admission))
        .procedure(
            "com.atproto.sync.requestCrawl",
            crawls,
            new RequestCrawlEndpoint(
                relay.hosts(), relay.hostControl(), config.http().requestCrawl()))
        .query("com.atproto.sync.listHosts", disk, new ListHostsEndpoint(relay))
        .query("com.atproto.sync.getHostStatus", disk, new GetHostStatusEndpoint(relay))
        .query("com.atproto.sync.listRepos", disk, new ListReposEndpoint(relay))
        .query("com.atproto.sync.getRepoStatus", accounts, new GetRepoStatusEndpoint(relay))
        .query("com.atproto.sync.getLatestCommit", accounts, new GetLatestCommitEndpoint(relay))
        .query(GetRepoEndpoint.NSID, accounts, new GetRepoEndpoint(relay))
        .post("/admin/pds/requestCrawl", crawls, new AdminRequestCrawlEndpoint(relay.hosts()))
        .get("/admin/pds/list", disk, new AdminListHostsEndpoint(relay))
        .post("/admin/pds/block", disk, hosts::block)
        .post("/admin/pds/unblock", disk, hosts::unblock)
        .post("/admin/pds/changeLimits", disk, hosts::changeLimits)
        .get("/admin/subs/getUpstreamConns", direct, subscriptions::upstreamConnections)
        .post("/admin/subs/killUpstream", disk, subscriptions::killUpstream)
        .get("/admin/subs/getEnabled", direct, subscriptions::enabled)
        .post("/admin/subs/setEnabled", disk, subscriptions::setEnabled)
        .get("/admin/subs/perDayLimit", direct, subscriptions::perDayLimit)
        .post("/admin/subs/setPerDayLimit", disk, subscriptions::setPerDayLimit)
        .get("/admin/subs/listDomainBans", direct, subscriptions::domainBans)
        .post("/admin/subs/banDomain", disk, subscriptions::banDomain)
        .post("/admin/subs/unbanDomain", disk, subscriptions::unbanDomain)
        .post("/admin/repo/takeDown", decisions, AdminTakedownEndpoint.takeDown(relay.takedowns()))
        .post(
            "/admin/repo/reverseTakedown",
            decisions,
            AdminTakedownEndpoint.reverse(relay.takedowns()))
        .get("/admin/repo/takedowns", disk, new AdminListTakedownsEndpoint(relay.takedowns()))
        .get("/admin/consumers/list", direct, new AdminListConsumersEndpoint(relay.consumers()))
        .get(
            "/admin/consumers/ended",
            direct,
            new AdminListEndedConsumersEndpoint(relay.consumers()))
        .build();
  }
}
