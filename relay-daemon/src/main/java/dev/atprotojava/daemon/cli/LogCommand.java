// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.cli;

import dev.atprotojava.daemon.config.Setting;
import dev.atprotojava.relay.log.LogInspector;
import dev.atprotojava.relay.log.LogReport;
import java.io.PrintWriter;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/**
 * {@code relay log}: looks at an event log, also at one that is in use. {@code verify} ends with
 * {@link ExitCode#REFUSED} if anything is wrong.
 */
final class LogCommand {
  private static final String FROM = "--from";
  private static final String TO = "--to";
  private static final String FRAMES = "--frames";
  private static final int LINES_BETWEEN_CHECKS = 1_000;

  private final RelayCommand.Surroundings world;

  LogCommand(RelayCommand.Surroundings world) {
    this.world = world;
  }

  CommandLine commandLine() {
    CommandSpec spec = CommandSpec.create();
    spec.usageMessage().description("Look at the event log; the relay may be at work on it.");
    RelayCommand.addHelp(spec);
    spec.addSubcommand("verify", command(new Verify()));
    spec.addSubcommand("dump", command(new Dump()));
    return new CommandLine(spec);
  }

  /** A command on a directory. */
  private abstract static class OnDirectory implements Callable<Integer> {
    final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);

    OnDirectory(String... description) {
      spec.usageMessage().width(100).sortOptions(false).description(description);
      Setting directory = Setting.PERSIST_DIR;
      spec.addOption(
          OptionSpec.builder(directory.flag())
              .type(String.class)
              .paramLabel(directory.parameter())
              .description(
                  directory.description(),
                  "("
                      + String.join(", ", directory.variables())
                      + "; default "
                      + directory.fallback()
                      + ")")
              .build());
    }

    Path directory(RelayCommand.Surroundings world) {
      String flag = spec.findOption(Setting.PERSIST_DIR.flag()).getValue();
      Map<Setting, String> flags = flag == null ? Map.of() : Map.of(Setting.PERSIST_DIR, flag);
      return world.settings(flags).path(Setting.PERSIST_DIR);
    }
  }

  private static CommandLine command(OnDirectory command) {
    RelayCommand.addHelp(command.spec);
    return new CommandLine(command.spec);
  }

  /** Says what is in the log, and what is wrong with it. */
  private final class Verify extends OnDirectory {
    Verify() {
      super(
          "Check every byte of every segment: checksums, order, frames, indexes.",
          "Exit code 1 if anything is wrong.",
          "");
    }

    @Override
    public Integer call() {
      LogReport report = LogInspector.verify(directory(world));
      report.lines().forEach(world.out()::println);
      return report.isSound() ? ExitCode.OK : ExitCode.REFUSED;
    }
  }

  /** Writes the records of the log as lines. */
  private final class Dump extends OnDirectory {
    private long lines;

    Dump() {
      super(
          "Write a line for each event, its columns with a tab between: seq, number of the host, time of"
              + " receipt, kind, DID, rev, bytes, flags, and the frame if asked for. A dash is nothing; a"
              + " line that begins with # tells of damage.",
          "");
      spec.addOption(seq(FROM, "1", "The first seq (${DEFAULT-VALUE})."));
      spec.addOption(seq(TO, Long.toString(Long.MAX_VALUE), "The last seq; otherwise all."));
      spec.addOption(
          OptionSpec.builder(FRAMES)
              .type(LogInspector.Frames.class)
              .defaultValue("none")
              .paramLabel("none|json|hex")
              .converters(Dump::frames)
              .description("How to write frames (${DEFAULT-VALUE}).")
              .build());
    }

    private static OptionSpec seq(String name, String fallback, String description) {
      return OptionSpec.builder(name)
          .type(long.class)
          .converters(Dump::number)
          .defaultValue(fallback)
          .paramLabel("SEQ")
          .description(description)
          .build();
    }

    private static long number(String text) {
      if (!text.matches("[0-9]{1,19}")) {
        throw new TypeConversionException("it must be a number");
      }
      return new BigInteger(text).min(BigInteger.valueOf(Long.MAX_VALUE)).longValueExact();
    }

    private static LogInspector.Frames frames(String text) {
      for (LogInspector.Frames each : LogInspector.Frames.values()) {
        if (each.name().toLowerCase(Locale.ROOT).equals(text)) {
          return each;
        }
      }
      throw new TypeConversionException("it must be none, json or hex");
    }

    @Override
    public Integer call() {
      try {
        LogInspector.dump(
            directory(world),
            spec.findOption(FROM).getValue(),
            spec.findOption(TO).getValue(),
            spec.findOption(FRAMES).getValue(),
            this::print);
      } catch (NobodyReadsException e) {
        return ExitCode.OK; // as with "| head"
      }
      return ExitCode.OK;
    }

    private void print(String line) {
      PrintWriter out = world.out();
      out.println(line);
      if (++lines % LINES_BETWEEN_CHECKS == 0 && out.checkError()) {
        throw new NobodyReadsException();
      }
    }
  }

  /** Whoever read standard output is gone. */
  private static final class NobodyReadsException extends RuntimeException {
    private static final long serialVersionUID = 1;

    NobodyReadsException() {
      super(null, null, false, false);
    }
  }
}
