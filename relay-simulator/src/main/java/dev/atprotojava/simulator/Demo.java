// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code ./relay demo}: a relay at work on a network that is made up, but signed, hashed and sent
 * like the real one.
 *
 * <p>Started by the launcher, which says where it is itself ({@code RELAY_LAUNCHER}) and whether
 * standard output is a terminal ({@code -Drelay.terminal=true}; what {@link System#console} says of
 * that has changed between JDKs). {@code NO_COLOR} is honoured. Exit code 0: everything that was
 * sent arrived, and nothing else; 1: it did not; 2: it could not start.
 */
@Command(
    name = "demo",
    sortOptions = false,
    description = "Starts a simulated network and a relay on it, and shows how it goes.")
public final class Demo implements Callable<Integer> {
  /** Undertow announces its starts and stops; a strong reference keeps the level. */
  private static final Logger[] TALKATIVE = {
    Logger.getLogger("io.undertow"), Logger.getLogger("org.xnio"), Logger.getLogger("org.jboss")
  };

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "End after N seconds with a summary; otherwise run until Ctrl-C.")
  private int seconds;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "What the network is made from (${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--hosts",
      paramLabel = "H",
      defaultValue = "5",
      description = "PDS hosts (${DEFAULT-VALUE}).")
  private int hosts;

  @Option(
      names = "--accounts",
      paramLabel = "A",
      defaultValue = "500",
      description = "Accounts (${DEFAULT-VALUE}).")
  private int accounts;

  @Option(
      names = "--rate",
      paramLabel = "R",
      defaultValue = "100",
      description = "Events per second (${DEFAULT-VALUE}).")
  private int rate;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where the relay keeps its data; otherwise a directory that is removed.")
  private @Nullable Path data;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // picocli looks at the option, not at the field
  private boolean help;

  private Demo() {}

  /** Runs it. */
  public static void main(String[] args) {
    quiet();
    CommandLine command = new CommandLine(new Demo());
    command.setExecutionExceptionHandler((e, line, parsed) -> refuse(e.getMessage(), 1));
    System.exit(command.execute(args));
  }

  static void quiet() {
    for (Logger logger : TALKATIVE) {
      logger.setLevel(Level.WARNING);
    }
  }

  @Override
  public Integer call() throws Exception {
    String launcher = System.getenv("RELAY_LAUNCHER");
    if (launcher == null) {
      return refuse("RELAY_LAUNCHER does not say where the relay is; start this as ./relay demo");
    }
    if (seconds < 0 || hosts < 1 || accounts < 1 || rate < 1 || rate > 20_000) {
      return refuse("--hosts, --accounts and --rate are 1 or more, --rate at most 20000");
    }
    boolean terminal =
        Boolean.getBoolean("relay.terminal") && !"dumb".equals(System.getenv("TERM"));
    String noColor = System.getenv("NO_COLOR");
    DemoRun run =
        new DemoRun(
            new DemoRun.Settings(
                seed,
                hosts,
                accounts,
                rate,
                seconds,
                data,
                Path.of(launcher),
                terminal,
                terminal && (noColor == null || noColor.isEmpty())),
            System.out,
            InstantSource.system(),
            System::nanoTime);
    Runtime.getRuntime().addShutdownHook(new Thread(run::stop, "stop"));
    return run.run() ? 0 : 1;
  }

  private static int refuse(String sentence) {
    return refuse(sentence, 2);
  }

  private static int refuse(@Nullable String sentence, int exitCode) {
    System.err.println("relay demo: " + sentence);
    return exitCode;
  }
}
