// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A benchmark of a whole relay: traffic is made and written to disk first, then sent as fast as the
 * relay reads or at a rate, and counted as it comes out. Prints events per second and processor
 * time per event of the relay's process, each half of the run apart, since the first one warms a
 * JVM and meets every account.
 *
 * <pre>
 *   RELAY_LAUNCHER=./relay java -cp ... dev.atprotojava.simulator.Load --recording DIR --generate
 *   RELAY_LAUNCHER=./relay java -cp ... dev.atprotojava.simulator.Load --recording DIR --rate 1000
 * </pre>
 *
 * <p>Exit code 0: every event came out once, byte for byte but for {@code seq}, in order; 1: it did
 * not; 2: it could not start.
 */
@Command(
    name = "load",
    sortOptions = false,
    description = "Measures a relay with recorded traffic.")
public final class Load implements Callable<Integer> {
  @Option(
      names = "--recording",
      paramLabel = "DIR",
      required = true,
      description = "Where the traffic is kept; it is made when there is none.")
  private @Nullable Path recording;

  @Option(names = "--generate", description = "Make the traffic anew.")
  private boolean generate;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "What new traffic is made from (${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--hosts",
      paramLabel = "H",
      defaultValue = "50",
      description = "PDS hosts of new traffic (${DEFAULT-VALUE}).")
  private int hosts;

  @Option(
      names = "--accounts",
      paramLabel = "A",
      defaultValue = "5000",
      description = "Accounts of new traffic (${DEFAULT-VALUE}).")
  private int accounts;

  @Option(
      names = "--records",
      paramLabel = "N",
      defaultValue = "60",
      description =
          "Records that an account of new traffic begins with, median (${DEFAULT-VALUE}).")
  private int records;

  @Option(
      names = "--events",
      paramLabel = "N",
      defaultValue = "220000",
      description = "Events of new traffic, and how many are sent (${DEFAULT-VALUE}).")
  private int events;

  @Option(
      names = "--rate",
      paramLabel = "R",
      defaultValue = "0",
      description = "Events per second; 0 is as fast as the relay reads (${DEFAULT-VALUE}).")
  private int rate;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Where the relay keeps its data and log; otherwise a directory that is removed.")
  private @Nullable Path data;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // picocli looks at the option, not at the field
  private boolean help;

  private Load() {}

  /** Runs it. */
  public static void main(String[] args) {
    Demo.quiet();
    CommandLine command = new CommandLine(new Load());
    command.setExecutionExceptionHandler((e, line, parsed) -> refuse(e.getMessage(), 1));
    System.exit(command.execute(args));
  }

  @Override
  public Integer call() throws Exception {
    Path directory = recording;
    String launcher = System.getenv("RELAY_LAUNCHER");
    if (directory == null
        || hosts < 1
        || accounts < hosts
        || events < 1
        || records < 1
        || rate < 0) {
      return refuse("a number is too small, or there are fewer accounts than hosts");
    }
    if (generate || !Recording.isIn(directory)) {
      Recording.Plan plan = new Recording.Plan(seed, hosts, accounts, events, records);
      RecordingWriter.write(
          directory,
          plan,
          InstantSource.system().instant(),
          done -> System.out.print("\rmaking traffic: " + done + " of " + events + " events"));
      System.out.println();
    }
    if (launcher == null) {
      return generate ? 0 : refuse("RELAY_LAUNCHER does not say where the relay is");
    }
    LoadRun run =
        new LoadRun(
            new LoadRun.Settings(directory, events, rate, data, Path.of(launcher)),
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
    System.err.println("load: " + sentence);
    return exitCode;
  }
}
