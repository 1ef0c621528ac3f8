// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.config;

import java.util.List;

/**
 * Everything that can be set: the flag, the environment variables (the first that is there counts;
 * the later ones are names of the reference relay), the default, and what a value must be.
 *
 * <p>The table in {@code docs/operate/configuration.md} and the help of {@code relay serve} are
 * made of this.
 */
public enum Setting {
  CONFIG(
      "--config",
      "FILE",
      "",
      "the path of a file of settings",
      "A file with settings, one a line: the flag without its dashes, =, the value.",
      "RELAY_CONFIG"),
  API_LISTEN(
      "--bind",
      "ADDRESS",
      ":2470",
      "an address and port such as 127.0.0.1:2470, or :2470 for all addresses",
      "Where HTTP and the firehose are served.",
      "RELAY_API_LISTEN",
      "RELAY_API_BIND"),
  METRICS_LISTEN(
      "--metrics-listen",
      "ADDRESS",
      "127.0.0.1:2471",
      "an address and port such as 127.0.0.1:2471, or :2471 for all addresses",
      "Where metrics are served, to anybody who can reach it.",
      "RELAY_METRICS_LISTEN"),
  PLC_HOST(
      "--plc-host",
      "URL[,URL]",
      "https://plc.directory",
      "the addresses of PLC directories such as https://plc.directory, separated by commas",
      "PLC directories; the next one is asked when one fails.",
      "RELAY_PLC_HOST",
      "ATP_PLC_HOST"),
  PLC_RATE(
      "--plc-requests-per-second",
      "N",
      "0",
      "a number from 0 to 100000",
      "How many identities each PLC directory is asked for in a second at most; 0 is 500, and 20000"
          + " with --dev.",
      "RELAY_PLC_REQUESTS_PER_SECOND"),
  PLC_FOLLOW(
      "--plc-follow",
      "DURATION",
      "0s",
      "a duration from 1s to 24h, or 0s for never",
      "How often to ask the first PLC directory for all that changed since; 0s is never.",
      "RELAY_PLC_FOLLOW"),
  IDENTITY_DATABASE(
      "--identity-db",
      "PATH",
      "",
      "the path of a file",
      "The database of identities; without one, identities.sqlite beside the other database.",
      "RELAY_IDENTITY_DB"),
  DATABASE(
      "--db-url",
      "URL",
      "sqlite://data/relay/relay.sqlite",
      "sqlite:// and the path of a file",
      "The database of hosts and accounts.",
      "DATABASE_URL"),
  PERSIST_DIR(
      "--persist-dir",
      "PATH",
      "data/relay/persist",
      "the path of a directory",
      "The directory of the event log.",
      "RELAY_PERSIST_DIR",
      "RELAY_PERSISTER_DIR"),
  REPLAY_WINDOW(
      "--replay-window",
      "DURATION",
      "72h",
      "a duration such as 72h or 1h30m, from 1m to 87600h",
      "How long events can be replayed.",
      "RELAY_REPLAY_WINDOW",
      "RELAY_EVENT_PLAYBACK_TTL"),
  RETAIN_BYTES(
      "--retain-bytes",
      "SIZE",
      "0",
      "a size such as 200GB, or 0 for 60 % of the volume",
      "How large the event log may become; 0 is 60 % of its volume.",
      "RELAY_RETAIN_BYTES"),
  FSYNC(
      "--fsync",
      "POLICY",
      "batch",
      "batch, interval or never",
      "When events are forced to disk: before anybody sees them (batch), ten times a second"
          + " (interval), or once a second, for the relay's own sake only (never).",
      "RELAY_FSYNC"),
  INITIAL_SEQ(
      "--initial-seq-number",
      "SEQ",
      "4294967296",
      "a number from 1 to 9007199254740991",
      "The lowest seq to give out; one below 4294967296 counts as that.",
      "RELAY_INITIAL_SEQ_NUMBER"),
  ADMIN_PASSWORD(
      "--admin-password",
      "TEXT[,TEXT]",
      "",
      "at least one character",
      "What an administrator may give, separated by commas; without any, a random one that is"
          + " printed once.",
      "RELAY_ADMIN_PASSWORD",
      "RELAY_ADMIN_KEY"),
  ADMIN_KEYS(
      "--admin-keys",
      "NAME:TEXT[,NAME:TEXT]",
      "",
      "names and secrets such as alice:secret, separated by commas",
      "More that administrators may give, each with the name that the audit trail shows.",
      "RELAY_ADMIN_KEYS"),
  ADMIN_PASSWORD_FILE(
      "--admin-password-file",
      "FILE",
      "",
      "the path of a file with a password in each line",
      "A file with more of such passwords, one a line: for secrets that come as files.",
      "RELAY_ADMIN_PASSWORD_FILE"),
  ADMIN_KEYS_FILE(
      "--admin-keys-file",
      "FILE",
      "",
      "the path of a file with a name, a colon and a secret in each line",
      "A file with more of such names and secrets, one a line.",
      "RELAY_ADMIN_KEYS_FILE"),
  TRUSTED_DOMAINS(
      "--trusted-domains",
      "HOST[,HOST]",
      "*.host.bsky.network",
      "hostnames, or * and how a hostname ends, separated by commas",
      "Hosts that may have many accounts: each exact, or * and how it ends; * alone trusts all.",
      "RELAY_TRUSTED_DOMAINS"),
  DEFAULT_ACCOUNT_LIMIT(
      "--default-account-limit",
      "N",
      "100",
      "a number from 0 to 1000000000",
      "How many accounts a host that is not trusted may have, which sets its rates.",
      "RELAY_DEFAULT_ACCOUNT_LIMIT",
      "RELAY_DEFAULT_REPO_LIMIT"),
  NEW_HOSTS_PER_DAY(
      "--new-hosts-per-day-limit",
      "N",
      "50",
      "a number from 0 to 1000000",
      "How many hosts may be added in 24 hours by the public requestCrawl.",
      "RELAY_NEW_HOSTS_PER_DAY_LIMIT"),
  HOSTS_FILE(
      "--hosts-file",
      "PATH",
      "",
      "the path of a file",
      "A file of hosts to follow from now on, a name on each line; read at the start.",
      "RELAY_HOSTS_FILE"),
  PEER_RELAYS(
      "--discover-from-relays",
      "URL[,URL]",
      "",
      "addresses of relays such as https://relay.example.com, separated by commas",
      "Relays whose lists of hosts are read for hosts to follow.",
      "RELAY_DISCOVER_FROM_RELAYS"),
  DISCOVER_ENDPOINTS(
      "--discover-from-identities",
      "",
      "false",
      "true or false",
      "Follow hosts that identities name as their servers.",
      "RELAY_DISCOVER_FROM_IDENTITIES"),
  DISCOVERY_INTERVAL(
      "--discovery-interval",
      "DURATION",
      "6h",
      "a duration from 1s to 168h",
      "How often to look for hosts in other relays' lists and in identities.",
      "RELAY_DISCOVERY_INTERVAL"),
  DISCOVERED_PER_DAY(
      "--discovered-hosts-per-day-limit",
      "N",
      "200",
      "a number from 0 to 1000000",
      "How many hosts may be added in a day because they were found there.",
      "RELAY_DISCOVERED_HOSTS_PER_DAY_LIMIT"),
  DISABLE_REQUEST_CRAWL(
      "--disable-request-crawl",
      "",
      "false",
      "true or false",
      "Refuse the public requestCrawl; administrators still may.",
      "RELAY_DISABLE_REQUEST_CRAWL"),
  LENIENT(
      "--lenient-sync-validation",
      "",
      "false",
      "true or false",
      "Let pass, and count, what hosts may be forgiven (posture observe); otherwise it is dropped.",
      "RELAY_LENIENT_SYNC_VALIDATION"),
  DEV(
      "--dev",
      "",
      "false",
      "true or false",
      "Allow http, ws, localhost with a port, and private addresses. Never in public.",
      "RELAY_DEV"),
  MAX_CONSUMERS(
      "--max-consumers",
      "N",
      "2000",
      "a number from 1 to 1000000",
      "How many consumers may be connected; more are answered 429.",
      "RELAY_MAX_CONSUMERS"),
  MAX_CONSUMERS_PER_ADDRESS(
      "--max-consumers-per-address",
      "N",
      "1000",
      "a number from 1 to 1000000",
      "The same from one address, which is a /64 of IPv6.",
      "RELAY_MAX_CONSUMERS_PER_ADDRESS"),
  TRUSTED_PROXIES(
      "--trusted-proxies",
      "RANGE[,RANGE]",
      "",
      "addresses or ranges such as 127.0.0.1 or 10.0.0.0/8, separated by commas",
      "Proxies whose X-Forwarded-For counts.",
      "RELAY_TRUSTED_PROXIES"),
  LOG_LEVEL(
      "--log-level",
      "LEVEL",
      "info",
      "error, warn, info or debug",
      "How much is logged.",
      "RELAY_LOG_LEVEL",
      "GO_LOG_LEVEL",
      "LOG_LEVEL",
      "GOLOG_LOG_LEVEL"),
  LANES(
      "--lanes",
      "N",
      "0",
      "a number from 1 to 256, or 0 for one a processor",
      "How many events are verified side by side; 0 is one a processor.",
      "RELAY_LANES"),
  IDENTITIES(
      "--ident-cache-size",
      "N",
      "250000",
      "a number from 1000 to 100000000",
      "How many identities are kept in memory, about 330 bytes each.",
      "RELAY_IDENT_CACHE_SIZE",
      "RELAY_DID_CACHE_SIZE"),
  KEYS(
      "--key-cache-size",
      "N",
      "50000",
      "a number from 100 to 10000000",
      "How many signing keys are kept parsed, up to 2.3 kB each.",
      "RELAY_KEY_CACHE_SIZE"),
  MEMORY_ACCOUNTS(
      "--memory-accounts",
      "SIZE",
      "76MiB",
      "a size from 1MiB to 64GiB",
      "Memory for the states of accounts, 140 bytes each and a third in reserve.",
      "RELAY_MEMORY_ACCOUNTS"),
  MEMORY_IN_FLIGHT(
      "--memory-in-flight",
      "SIZE",
      "48MiB",
      "a size from 6MB to 64GiB",
      "Memory for events between the hosts and the log.",
      "RELAY_MEMORY_IN_FLIGHT"),
  MEMORY_IN_FLIGHT_PER_HOST(
      "--memory-in-flight-per-host",
      "SIZE",
      "8MiB",
      "a size from 6MB to 64GiB",
      "The same for one host: one that reaches it waits.",
      "RELAY_MEMORY_IN_FLIGHT_PER_HOST"),
  MEMORY_TAIL(
      "--memory-tail",
      "SIZE",
      "32MiB",
      "a size from 8MiB to 1GiB",
      "Memory for the newest part of the log, which consumers that keep up read from.",
      "RELAY_MEMORY_TAIL"),
  MEMORY_COLD_CACHE(
      "--memory-cold-cache",
      "SIZE",
      "32MiB",
      "a size from 8MiB to 64GiB",
      "Memory for older parts of the log, which consumers that are behind read from.",
      "RELAY_MEMORY_COLD_CACHE");

  private final String flag;
  private final String parameter;
  private final String fallback;
  private final String expected;
  private final String description;

  @SuppressWarnings("ImmutableEnumChecker") // by List.of, which is
  private final List<String> variables;

  Setting(
      String flag,
      String parameter,
      String fallback,
      String expected,
      String description,
      String... variables) {
    this.flag = flag;
    this.parameter = parameter;
    this.fallback = fallback;
    this.expected = expected;
    this.description = description;
    this.variables = List.of(variables);
  }

  /** The flag: {@code --bind}. */
  public String flag() {
    return flag;
  }

  /** Flags that older relays had for it; they work, and are in no table. */
  public List<String> olderFlags() {
    return switch (this) {
      case API_LISTEN -> List.of("--api-listen");
      case ADMIN_PASSWORD -> List.of("--admin-key");
      default -> List.of();
    };
  }

  /** What stands for the value in the help; empty for a switch. */
  public String parameter() {
    return parameter;
  }

  /** True if the flag may stand alone, which is {@code true}. */
  public boolean isSwitch() {
    return parameter.isEmpty();
  }

  /** True if there may be several values, separated by commas; the flag may be repeated then. */
  public boolean isList() {
    return parameter.endsWith("]");
  }

  /** True if the value must not be shown to anybody. */
  public boolean isSecret() {
    return this == ADMIN_PASSWORD || this == ADMIN_KEYS;
  }

  /** The value when none is given; empty for none. */
  public String fallback() {
    return fallback;
  }

  /** What a value must be, to end a sentence with. */
  public String expected() {
    return expected;
  }

  /** What it does, in a sentence. */
  public String description() {
    return description;
  }

  /** The environment variables, the first that is there counts. */
  public List<String> variables() {
    return variables;
  }
}
