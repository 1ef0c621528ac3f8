// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.cli;

import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborValue.BooleanValue;
import dev.atprotojava.cbor.CborValue.IntegerValue;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cbor.CborValue.TextValue;
import dev.atprotojava.cbor.DataModelJson;
import dev.atprotojava.daemon.config.AdminKey;
import dev.atprotojava.daemon.config.DaemonConfig;
import dev.atprotojava.daemon.config.Setting;
import dev.atprotojava.daemon.config.Settings;
import java.net.URI;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * {@code relay admin}: asks a relay that runs, and tells it what to do. Each command is a class
 * here that calls methods of {@code dev.atprotojava.relay}; a list is a table for people, and with
 * {@code --json} an object a line for scripts.
 */
final class AdminCommand {
  private static final String URL = "--url";
  private static final String URL_VARIABLE = "RELAY_ADMIN_URL";
  private static final String JSON = "--json";
  private static final String LIMIT = "--limit";
  private static final List<Setting> SECRETS =
      List.of(Setting.ADMIN_PASSWORD, Setting.ADMIN_PASSWORD_FILE, Setting.CONFIG);

  private final RelayCommand.Surroundings world;

  AdminCommand(RelayCommand.Surroundings world) {
    this.world = world;
  }

  CommandLine commandLine() {
    CommandSpec spec = CommandSpec.create();
    spec.usageMessage()
        .description(
            "Ask a relay that runs, and tell it what to do.",
            "",
            "The password is found where relay serve finds it: in the environment, in .env, in the"
                + " file of settings.");
    RelayCommand.addHelp(spec);
    spec.addSubcommand("status", new Status().commandLine());
    spec.addSubcommand("hosts", new HostList().commandLine());
    spec.addSubcommand("consumers", new ConsumerList().commandLine());
    spec.addSubcommand("disconnect", new Disconnect().commandLine());
    spec.addSubcommand("audit", new Audit().commandLine());
    spec.addSubcommand("log-level", new LogLevels().commandLine());
    return new CommandLine(spec);
  }

  /** A command, with what all have in common. */
  private abstract class Command implements Callable<Integer> {
    final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);

    Command(String description) {
      spec.usageMessage().width(100).sortOptions(false).description(description, "");
      spec.addOption(
          OptionSpec.builder(URL)
              .type(String.class)
              .paramLabel("URL")
              .description(
                  "The address of the relay's API.",
                  "(" + URL_VARIABLE + "; default the port of --bind on this machine)")
              .build());
      for (Setting secret : SECRETS) {
        spec.addOption(
            OptionSpec.builder(secret.flag())
                .type(String.class)
                .paramLabel(secret.parameter())
                .description(
                    secret.description(), "(" + String.join(", ", secret.variables()) + ")")
                .build());
      }
      spec.addOption(
          OptionSpec.builder(JSON)
              .type(boolean.class)
              .defaultValue("false")
              .description("For scripts: JSON, an object a line.")
              .build());
      RelayCommand.addHelp(spec);
    }

    CommandLine commandLine() {
      return new CommandLine(spec);
    }

    boolean isJson() {
      return spec.findOption(JSON).<Boolean>getValue();
    }

    @Override
    public Integer call() {
      Map<Setting, String> flags = new EnumMap<>(Setting.class);
      for (Setting secret : SECRETS) {
        String value = spec.findOption(secret.flag()).getValue();
        if (value != null) {
          flags.put(secret, value);
        }
      }
      Settings settings = world.settings(flags);
      try (AdminClient client = new AdminClient(url(settings), password(settings))) {
        run(client);
      }
      return ExitCode.OK;
    }

    private URI url(Settings settings) {
      String text = spec.findOption(URL).getValue();
      if (text == null) {
        text = world.variables().getOrDefault(URL_VARIABLE, "");
      }
      if (text.isBlank()) {
        return URI.create("http://127.0.0.1:" + DaemonConfig.apiPort(settings));
      }
      try {
        URI url = URI.create(text.strip());
        if (List.of("http", "https").contains(String.valueOf(url.getScheme()))
            && url.getHost() != null) {
          return url;
        }
      } catch (IllegalArgumentException e) {
        // Said below.
      }
      throw misused("the address of a relay is written http://HOST:PORT or https://HOST");
    }

    private String password(Settings settings) {
      List<AdminKey> keys = DaemonConfig.adminKeys(settings);
      if (keys.isEmpty()) {
        throw misused("no admin password is set; give RELAY_ADMIN_PASSWORD or a file of it");
      }
      return keys.getFirst().secret();
    }

    CommandLine.ParameterException misused(String message) {
      return new CommandLine.ParameterException(spec.commandLine(), message);
    }

    /** An answer that is one thing: JSON, or a line for each field. */
    void print(MapValue answer) {
      if (isJson()) {
        world.out().println(DataModelJson.print(answer));
        return;
      }
      TextTable table = new TextTable("WHAT", "");
      flatten("", answer, table);
      table.lines().stream().skip(1).forEach(world.out()::println);
    }

    private static void flatten(String prefix, MapValue map, TextTable table) {
      map.entries()
          .forEach(
              (name, value) -> {
                switch (value) {
                  case MapValue inner -> flatten(prefix + name + ".", inner, table);
                  case CborValue.ArrayValue(List<CborValue> elements) ->
                      elements.forEach(
                          element ->
                              table.add(
                                  prefix + name + "." + text((MapValue) element, "status"),
                                  text((MapValue) element, "count")));
                  default -> table.add(prefix + name, text(map, name));
                }
              });
    }

    abstract void run(AdminClient client);
  }

  /** A field as people read it; empty if it is not there. */
  private static String text(MapValue map, String field) {
    @Nullable CborValue value = map.find(field);
    return switch (value) {
      case TextValue(String text) -> text;
      case IntegerValue(long number) -> Long.toString(number);
      case BooleanValue(boolean flag) -> flag ? "yes" : "no";
      case null, default -> "";
    };
  }

  /** A command that shows a list. */
  private abstract class ListCommand extends Command {
    private final String method;
    private final String list;

    ListCommand(String description, String method, String list) {
      super(description);
      this.method = method;
      this.list = list;
    }

    long most() {
      return Long.MAX_VALUE;
    }

    abstract TextTable table();

    abstract void add(TextTable table, MapValue row);

    @Override
    void run(AdminClient client) {
      if (isJson()) {
        client.list(method, list, most(), row -> world.out().println(DataModelJson.print(row)));
        return;
      }
      TextTable table = table();
      client.list(method, list, most(), row -> add(table, row));
      table.lines().forEach(world.out()::println);
    }
  }

  /** {@code relay admin status}. */
  private final class Status extends Command {
    Status() {
      super("Say how the relay is: its log, its memory, its hosts and consumers in numbers.");
    }

    @Override
    void run(AdminClient client) {
      print(client.query("getStatus", Map.of()));
    }
  }

  /** {@code relay admin hosts}. */
  private final class HostList extends ListCommand {
    HostList() {
      super("List the hosts, and how the relay stands to each.", "listHosts", "hosts");
    }

    @Override
    TextTable table() {
      return new TextTable(
          "ID",
          "HOST",
          "STATUS",
          "CONNECTED",
          "TRUSTED",
          "ACCOUNTS",
          "LIMIT",
          "SEQ",
          "EMITTED",
          "DROPPED",
          "REASON");
    }

    @Override
    void add(TextTable table, MapValue row) {
      List<CborValue> drops = row.findArray("drops");
      long dropped =
          drops == null
              ? 0
              : drops.stream().mapToLong(d -> ((MapValue) d).findInteger("count").orElse(0)).sum();
      table.add(
          text(row, "id"),
          text(row, "hostname"),
          text(row, "status"),
          text(row, "connected"),
          text(row, "trusted"),
          text(row, "accountCount"),
          text(row, "accountLimit"),
          text(row, "seq"),
          text(row, "emitted"),
          Long.toString(dropped),
          text(row, "reason"));
    }
  }

  /** {@code relay admin consumers}. */
  private final class ConsumerList extends ListCommand {
    ConsumerList() {
      super("List who reads the firehose.", "listConsumers", "consumers");
    }

    @Override
    TextTable table() {
      return new TextTable(
          "ID", "ADDRESS", "SINCE", "SEQ", "LAG", "EVENTS/S", "EVENTS", "BYTES", "AGENT");
    }

    @Override
    void add(TextTable table, MapValue row) {
      table.add(
          text(row, "id"),
          text(row, "address"),
          text(row, "connectedAt"),
          text(row, "seq"),
          text(row, "lag"),
          text(row, "eventsPerSecond"),
          text(row, "events"),
          text(row, "bytes"),
          text(row, "userAgent"));
    }
  }

  /** {@code relay admin audit}. */
  private final class Audit extends ListCommand {
    Audit() {
      super("List what administrators did, the newest first.", "listAudit", "entries");
      spec.addOption(
          OptionSpec.builder(LIMIT)
              .type(long.class)
              .defaultValue("50")
              .paramLabel("N")
              .description("How many at most ($" + "{DEFAULT-VALUE}).")
              .build());
    }

    @Override
    long most() {
      long most = spec.findOption(LIMIT).<Long>getValue();
      if (most < 1) {
        throw misused("--limit must be 1 or more");
      }
      return most;
    }

    @Override
    TextTable table() {
      return new TextTable("ID", "AT", "WHO", "WHAT", "TO", "BEFORE", "AFTER");
    }

    @Override
    void add(TextTable table, MapValue row) {
      table.add(
          text(row, "id"),
          text(row, "at"),
          text(row, "actor"),
          text(row, "action"),
          text(row, "subject"),
          text(row, "before"),
          text(row, "after"));
    }
  }

  /** A command that does something with one thing. */
  private abstract class Action extends Command {
    private final PositionalParamSpec subject;

    Action(String description, Class<?> type, String label, String meaning) {
      super(description);
      this.subject =
          PositionalParamSpec.builder()
              .index("0")
              .arity("1")
              .required(true)
              .type(type)
              .paramLabel(label)
              .description(meaning)
              .build();
      spec.addPositional(subject);
    }

    Object subject() {
      return subject.getValue();
    }
  }

  /** {@code relay admin disconnect}. */
  private final class Disconnect extends Action {
    Disconnect() {
      super(
          "End the connection of a consumer, which is told so and may come again.",
          long.class,
          "ID",
          "Of the connection, as relay admin consumers shows it.");
    }

    @Override
    void run(AdminClient client) {
      long id = (Long) subject();
      print(client.call("disconnectConsumer", new MapValue(Map.of("id", new IntegerValue(id)))));
    }
  }

  /** {@code relay admin log-level}. */
  private final class LogLevels extends Action {
    LogLevels() {
      super(
          "Set how much the relay logs, until its next start.",
          String.class,
          "LEVEL",
          "error, warn, info or debug.");
    }

    @Override
    void run(AdminClient client) {
      String level = (String) subject();
      print(client.call("setLogLevel", new MapValue(Map.of("level", new TextValue(level)))));
    }
  }
}
