// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.cli;

import dev.atprotojava.daemon.config.BadSettingException;
import dev.atprotojava.daemon.config.Product;
import dev.atprotojava.daemon.config.Setting;
import dev.atprotojava.daemon.config.Settings;
import dev.atprotojava.relay.RelayException;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;

/** {@code relay}: finds the command, runs it, and turns what goes wrong into a sentence. */
public final class RelayCommand {
  /** The name by which the program is called. */
  static final String NAME = "relay";

  private final CommandLine line;
  private final PrintWriter err;

  /**
   * What a command has of the process.
   *
   * @param environment the variables
   * @param dotEnv those of the file {@code .env}, for what is not in the environment
   * @param out where answers go
   * @param err where everything else goes
   * @param termination the word to end
   */
  public record Surroundings(
      Map<String, String> environment,
      Map<String, String> dotEnv,
      PrintWriter out,
      PrintWriter err,
      Termination termination) {
    public Surroundings {
      environment = Map.copyOf(environment);
      dotEnv = Map.copyOf(dotEnv);
    }

    /** Surroundings without a file {@code .env}. */
    public Surroundings(
        Map<String, String> environment,
        PrintWriter out,
        PrintWriter err,
        Termination termination) {
      this(environment, Map.of(), out, err, termination);
    }

    /** What the operator said, with the flags of a command. */
    Settings settings(Map<Setting, String> flags) {
      return Settings.of(flags, environment, dotEnv);
    }

    /** The variables of the environment, and those of the file that are not in it. */
    Map<String, String> variables() {
      Map<String, String> all = new HashMap<>(dotEnv);
      all.putAll(environment);
      return all;
    }
  }

  /** A command line. */
  public RelayCommand(Surroundings world) {
    this.err = world.err();
    Product product = Product.ofBuild();
    CommandSpec spec = CommandSpec.create().name(NAME);
    spec.usageMessage()
        .description(
            "An AT Protocol relay: follows hosts, verifies every event, serves one stream.")
        .footer(
            "  demo     A relay at work on a simulated network.",
            "  dist     A file that runs with a JDK alone.",
            "  interop  Vectors, or a live firehose, against the rules of the protocol.",
            "",
            "Each command has a --help. Exit codes: 0 done, 1 not possible, 2 not understood,",
            "70 ended by a fault. Messages and the log go to standard error.");
    addHelp(spec);
    spec.addOption(
        CommandLine.Model.OptionSpec.builder("-V", "--version")
            .versionHelp(true)
            .type(boolean.class)
            .description("Say which version this is.")
            .build());
    spec.version(product.toString());
    spec.addSubcommand("serve", new ServeCommand(world, product).commandLine());
    spec.addSubcommand("admin", new AdminCommand(world).commandLine());
    spec.addSubcommand("backup", BackupCommand.backup(world));
    spec.addSubcommand("restore", BackupCommand.restore(world));
    spec.addSubcommand("log", new LogCommand(world).commandLine());
    spec.addSubcommand("pull-hosts", new PullHostsCommand(world, product).commandLine());
    spec.addSubcommand("identity", new IdentityCommand(world, product).commandLine());
    spec.addSubcommand("version", VersionCommand.commandLine(world, product));
    this.line = new CommandLine(spec);
    line.setOut(world.out());
    line.setErr(world.err());
    line.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
    line.setExecutionStrategy(
        parsed -> {
          Integer help = CommandLine.executeHelpRequest(parsed);
          if (help != null) {
            return help;
          }
          CommandLine last = parsed.asCommandLineList().getLast();
          if (!last.getSubcommands().isEmpty()) {
            throw new CommandLine.ParameterException(last, "say which command to run");
          }
          return new CommandLine.RunLast().execute(parsed);
        });
    line.setParameterExceptionHandler((e, _) -> misused(e));
    line.setExecutionExceptionHandler((e, _, _) -> failed(e));
  }

  /** Each command has this. */
  static void addHelp(CommandSpec spec) {
    spec.addOption(
        CommandLine.Model.OptionSpec.builder("-h", "--help")
            .usageHelp(true)
            .type(boolean.class)
            .description("Show this help.")
            .build());
  }

  /** Runs a command; the exit code. */
  public int run(String... args) {
    int code = line.execute(args);
    line.getOut().flush();
    err.flush();
    return code;
  }

  private int misused(CommandLine.ParameterException e) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    err.println(NAME + ": " + e.getMessage());
    err.println("Try '" + command + " --help'.");
    return ExitCode.USAGE;
  }

  private int failed(Exception e) {
    return switch (e) {
      case BadSettingException bad -> sentence(bad, ExitCode.USAGE);
      case RelayException refused when refused.category() == RelayException.Category.REFUSED ->
          sentence(refused, ExitCode.REFUSED);
      default -> {
        err.println(NAME + ": this should not have happened:");
        e.printStackTrace(err);
        yield ExitCode.SOFTWARE;
      }
    };
  }

  private int sentence(Exception e, int code) {
    err.println(NAME + ": " + e.getMessage());
    return code;
  }
}
