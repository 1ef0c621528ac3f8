// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.cli;

import dev.atprotojava.daemon.config.DaemonConfig;
import dev.atprotojava.daemon.config.IdentityConfig;
import dev.atprotojava.daemon.config.Product;
import dev.atprotojava.daemon.config.Setting;
import dev.atprotojava.daemon.config.Settings;
import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.identity.HttpFetcher;
import dev.atprotojava.identity.PlcExport;
import dev.atprotojava.identity.PlcExportException;
import dev.atprotojava.relay.RelayException;
import dev.atprotojava.relay.identity.ExportLock;
import dev.atprotojava.relay.identity.PlcImport;
import dev.atprotojava.relay.identity.SqliteIdentityStore;
import dev.atprotojava.sync.client.NanoClock;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/**
 * {@code relay identity import}: fills the database of identities from the log of a PLC directory.
 * The relay may be at work meanwhile, unless it follows the log itself.
 */
final class IdentityCommand {
  private static final String FILE = "--file";
  private static final String PAGES = "--pages-per-second";
  private static final List<Setting> SETTINGS =
      List.of(
          Setting.PLC_HOST,
          Setting.DATABASE,
          Setting.IDENTITY_DATABASE,
          Setting.CONFIG,
          Setting.DEV);
  private static final int GZIP_MAGIC = 0x1f8b;

  private final RelayCommand.Surroundings world;
  private final Product product;

  IdentityCommand(RelayCommand.Surroundings world, Product product) {
    this.world = world;
    this.product = product;
  }

  CommandLine commandLine() {
    CommandSpec spec = CommandSpec.create();
    spec.usageMessage().description("Look after the database of identities.");
    RelayCommand.addHelp(spec);
    spec.addSubcommand("import", new Import().commandLine());
    return new CommandLine(spec);
  }

  /** Takes over a log. */
  private final class Import implements Callable<Integer> {
    private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);
    private final SettingFlags flags = new SettingFlags(spec, SETTINGS);
    private final ImportProgress progress = new ImportProgress(world.err(), NanoClock.system());

    CommandLine commandLine() {
      spec.usageMessage()
          .width(100)
          .sortOptions(false)
          .description(
              "Take over the log of a PLC directory: from a file, or from the first directory of"
                  + " --plc-host.",
              "",
              "A directory is read on from where the last run stopped, however it did. Nothing that is"
                  + " newer is overwritten. The relay may be at work meanwhile, but not with"
                  + " --plc-follow, which does the same.",
              "");
      spec.addOption(
          OptionSpec.builder(FILE)
              .type(Path.class)
              .paramLabel("PATH")
              .description("An export of a directory: lines of JSON, also compressed by gzip.")
              .build());
      spec.addOption(
          OptionSpec.builder(PAGES)
              .type(double.class)
              .defaultValue("2")
              .converters(Import::rate)
              .paramLabel("N")
              .description(
                  "How many pages of 1000 operations to ask a directory for in a second at most"
                      + " (${DEFAULT-VALUE}).")
              .build());
      flags.add();
      RelayCommand.addHelp(spec);
      return new CommandLine(spec);
    }

    private static double rate(String text) {
      try {
        double rate = Double.parseDouble(text);
        if (rate >= 0.01 && rate <= 1_000) {
          return rate;
        }
      } catch (NumberFormatException e) {
        // The same answer.
      }
      throw new TypeConversionException("it must be a number from 0.01 to 1000");
    }

    @Override
    public Integer call() throws IOException {
      Settings settings = flags.read(world);
      Path database = IdentityConfig.database(settings);
      AddressPolicy policy =
          settings.flag(Setting.DEV) ? AddressPolicy.dev() : AddressPolicy.publicOnly();
      @Nullable Path file = spec.findOption(FILE).getValue();
      try (ExportLock _ = ExportLock.tryAcquire(database).orElseThrow(() -> inUse(database));
          SqliteIdentityStore store =
              SqliteIdentityStore.open(database, policy, InstantSource.system())) {
        PlcImport plcImport =
            new PlcImport(store, policy, InstantSource.system(), progress::show, any -> {});
        PlcImport.Progress end =
            file == null ? fromDirectory(plcImport, settings) : fromFile(plcImport, file);
        progress.end(end);
        world.out().println(store.count() + " identities in " + database);
        return ExitCode.OK;
      }
    }

    private static RelayException inUse(Path database) {
      return RelayException.refused(
          "something else brings a directory's log into "
              + database
              + " already: another import, or the relay itself with RELAY_PLC_FOLLOW. Let it, or"
              + " stop it first.");
    }

    private static PlcImport.Progress fromFile(PlcImport plcImport, Path file) {
      try (InputStream in = open(file)) {
        return plcImport.ofFile(in);
      } catch (IOException | UncheckedIOException e) {
        throw RelayException.refused("the export " + file + " cannot be read: " + e.getMessage());
      }
    }

    private static InputStream open(Path file) throws IOException {
      InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
      in.mark(2);
      int magic = in.read() << 8 | in.read();
      in.reset();
      return magic == GZIP_MAGIC ? new GZIPInputStream(in, 1 << 16) : in;
    }

    private PlcImport.Progress fromDirectory(PlcImport plcImport, Settings settings) {
      double pages = spec.findOption(PAGES).getValue();
      // The directory is the operator's choice, and may be a mirror beside the relay.
      try (HttpFetcher http =
          HttpFetcher.builder().policy(AddressPolicy.dev()).userAgent(product.mark()).build()) {
        return plcImport.ofDirectory(
            PlcExport.builder(http)
                .directory(DaemonConfig.plcDirectories(settings).getFirst().toString())
                .pagePause(Duration.ofNanos((long) (TimeUnit.SECONDS.toNanos(1) / pages))));
      } catch (PlcExportException e) {
        throw RelayException.refused(
            e.getMessage() + ". What was read is kept; run it again to go on from there.");
      }
    }
  }
}
