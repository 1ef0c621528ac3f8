// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import dev.atprotojava.interop.golden.GoldenWriter;
import dev.atprotojava.interop.live.LiveCheck;
import dev.atprotojava.interop.report.Report;
import dev.atprotojava.interop.report.ReportFormat;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/**
 * {@code ./relay interop}: runs vectors, or looks at a live firehose, and reports.
 *
 * <p>Exit code 0: all is as it should be; 1: something is not, or could not be looked at; 2: it was
 * asked for in a way that cannot be understood. The report goes to standard output or to a file,
 * everything else to standard error.
 */
@Command(
    name = "relay interop",
    sortOptions = false,
    usageHelpWidth = 100,
    synopsisHeading = "",
    customSynopsis = {
      "Usage: relay interop --vectors DIR [--strict] [--format F] [--output FILE]",
      "       relay interop --host URL [--seconds N] [--cursor C] [--plc URL] [--pds] [--dev]",
      "                     [--format F] [--output FILE]",
      "       relay interop --write DIR [--count N] [--seed S]",
    },
    description = {
      "",
      "Checks against the rules of the AT Protocol: these libraries with vectors, or a PDS or relay"
          + " by what it sends.",
      ""
    },
    footer = {
      "",
      "Exit codes: 0 nothing is broken, 1 something is or could not be looked at, 2 not understood,",
      "70 a fault of this program."
    })
public final class Interop implements Callable<Integer> {
  private static final int OK = 0;
  private static final int BROKEN = 1;
  private static final int USAGE = 2;

  /** A fault of this program says nothing about anybody's vectors. */
  private static final int SOFTWARE = 70;

  private final PrintWriter out;
  private final PrintWriter err;

  @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

  @Option(
      names = "--vectors",
      paramLabel = "DIR",
      description = {
        "Run the vectors in this directory, a folder for each set:",
        "atproto-interop-tests, dasl, atproto-java."
      })
  private @Nullable Path vectors;

  @Option(names = "--strict", description = "A file that nobody claims counts as broken.")
  private boolean strict;

  @Option(
      names = "--host",
      paramLabel = "URL",
      description = "Look at the firehose of this PDS or relay, wss://HOST or just HOST.")
  private @Nullable String host;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "60",
      description = "For how long (${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--cursor",
      paramLabel = "C",
      description = "Begin behind this seq, 0 with the oldest event; otherwise with the next.")
  private @Nullable Long cursor;

  @Option(
      names = "--plc",
      paramLabel = "URL",
      defaultValue = "https://plc.directory",
      description = "The PLC directory (${DEFAULT-VALUE}).")
  private String plc = "";

  @Option(
      names = "--pds",
      description = "The host is a PDS: the accounts it speaks for must name it (SC-52).")
  private boolean pds;

  @Option(names = "--dev", description = "Allow ws://, http:// and addresses that are not public.")
  private boolean dev;

  @Option(
      names = "--write",
      paramLabel = "DIR",
      description = "Write the set atproto-java into this directory.")
  private @Nullable Path write;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "0",
      description = "Write as many of each kind by chance, instead of the set as it is published.")
  private int count;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "What they are made from (${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--format",
      paramLabel = "F",
      defaultValue = "text",
      converter = FormatName.class,
      description = "The form of the report: text, json or junit (${DEFAULT-VALUE}).")
  private ReportFormat format = ReportFormat.TEXT;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Write the report there instead of to standard output.")
  private @Nullable Path output;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // picocli looks at the option, not at the field
  private boolean help;

  private Interop(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  /** Runs it, and ends the process with its exit code. */
  public static void main(String[] args) {
    // There is no log here, and nobody needs to be told.
    System.setProperty("slf4j.internal.verbosity", "ERROR");
    System.exit(
        run(
            new PrintWriter(System.out, false, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            args));
  }

  /** Runs it; the exit code. */
  static int run(PrintWriter out, PrintWriter err, String... args) {
    CommandLine line = new CommandLine(new Interop(out, err));
    line.setOut(out);
    line.setErr(err);
    line.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
    line.setParameterExceptionHandler(
        (e, _) -> {
          err.println("relay interop: " + e.getMessage());
          err.println("Try 'relay interop --help'.");
          return USAGE;
        });
    line.setExecutionExceptionHandler(
        (e, _, _) -> {
          if (!(e instanceof IOException)) {
            throw e; // is told whole, with the exit code of a fault
          }
          err.println("relay interop: " + e.getMessage());
          return BROKEN;
        });
    line.getCommandSpec().exitCodeOnExecutionException(SOFTWARE);
    int code = line.execute(args);
    out.flush();
    return code;
  }

  @Override
  public Integer call() throws Exception {
    if ((vectors == null ? 0 : 1) + (host == null ? 0 : 1) + (write == null ? 0 : 1) != 1) {
      throw misused("say one of --vectors, --host and --write");
    }
    if (write != null) {
      if (count < 0) {
        throw misused("--count must not be below 0");
      }
      GoldenWriter writer = new GoldenWriter(write);
      int files = count == 0 ? writer.writePublished() : writer.writeRandom(count, seed);
      err.println("relay interop: " + files + " files in " + write);
      return OK;
    }
    return tell(vectors != null ? runVectors(vectors) : lookAt(host == null ? "" : host));
  }

  private Report runVectors(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw misused("--vectors: there is no directory " + directory);
    }
    Report report = new VectorRun(new Vectors(directory), strict).run();
    if (report.checked() == 0) {
      throw misused(
          "--vectors: no known vectors in "
              + directory
              + "; it should hold atproto-interop-tests, dasl or atproto-java");
    }
    return report;
  }

  private Report lookAt(String server) throws IOException, InterruptedException {
    if (seconds < 1) {
      throw misused("--seconds must be 1 or more");
    }
    if (cursor != null && cursor < 0) {
      throw misused("--cursor must not be below 0");
    }
    URI address = address(server);
    if (!dev && !"wss".equals(address.getScheme())) {
      throw misused("--host: only wss:// is allowed without --dev");
    }
    return LiveCheck.run(
        new LiveCheck.Settings(
            address, Duration.ofSeconds(seconds), cursor, directoryAddress(), pds, dev));
  }

  private URI address(String server) {
    String text =
        server.contains("://") ? server.replaceFirst("^http(s?)://", "ws$1://") : "wss://" + server;
    try {
      URI address = URI.create(text);
      boolean bare = address.getPath().isEmpty() || address.getPath().equals("/");
      if (address.getHost() != null
          && bare
          && ("wss".equals(address.getScheme()) || "ws".equals(address.getScheme()))) {
        return address;
      }
    } catch (IllegalArgumentException e) {
      throw misused("--host: not an address: " + e.getMessage());
    }
    throw misused("--host: it must be wss://HOST, ws://HOST:PORT or just HOST");
  }

  private String directoryAddress() {
    if (!plc.startsWith("https://") && !(dev && plc.startsWith("http://"))) {
      throw misused("--plc: it must be an address of https");
    }
    return plc;
  }

  private int tell(Report report) throws IOException {
    String text = format.write(report);
    if (output == null) {
      out.print(text);
      out.flush();
      if (out.checkError()) {
        throw new IOException("standard output is closed");
      }
    } else {
      try {
        Files.writeString(output, text);
      } catch (IOException e) {
        throw new IOException("--output: cannot write " + output, e);
      }
    }
    return report.passed() ? OK : BROKEN;
  }

  private ParameterException misused(String sentence) {
    return new ParameterException(
        spec == null ? new CommandLine(this) : spec.commandLine(), sentence);
  }

  /** The names of formats, in lower case. */
  static final class FormatName implements ITypeConverter<ReportFormat> {
    @Override
    public ReportFormat convert(String text) {
      for (ReportFormat each : ReportFormat.values()) {
        if (each.name().toLowerCase(Locale.ROOT).equals(text)) {
          return each;
        }
      }
      throw new TypeConversionException("it must be text, json or junit");
    }
  }
}
