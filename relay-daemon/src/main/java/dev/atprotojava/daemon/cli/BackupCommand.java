// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.cli;

import dev.atprotojava.daemon.config.DaemonConfig;
import dev.atprotojava.daemon.config.Setting;
import dev.atprotojava.daemon.config.Settings;
import dev.atprotojava.relay.backup.RelayBackup;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * {@code relay backup DIR}, beside a relay that runs or not, and {@code relay restore DIR}, where
 * none is yet.
 */
final class BackupCommand implements Callable<Integer> {
  private static final String FLOOR = "--seq-floor";
  private static final List<Setting> PLACES =
      List.of(Setting.DATABASE, Setting.PERSIST_DIR, Setting.CONFIG);

  private final RelayCommand.Surroundings world;
  private final boolean restores;
  private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);
  private final SettingFlags flags = new SettingFlags(spec, PLACES);

  private BackupCommand(RelayCommand.Surroundings world, boolean restores) {
    this.world = world;
    this.restores = restores;
  }

  static CommandLine backup(RelayCommand.Surroundings world) {
    return new BackupCommand(world, false)
        .commandLine(
            "A directory that is empty or not there.",
            "Copy the database and the log; the relay may be at work. What is written is a"
                + " directory that relay restore makes a relay of.",
            "");
  }

  static CommandLine restore(RelayCommand.Surroundings world) {
    BackupCommand command = new BackupCommand(world, true);
    command.spec.addOption(
        OptionSpec.builder(FLOOR)
            .type(long.class)
            .defaultValue("0")
            .paramLabel("SEQ")
            .description(
                "The first seq to be given, if you know the last that was; otherwise 2^40 above"
                    + " those of the backup.")
            .build());
    return command.commandLine(
        "A directory that relay backup wrote.",
        "Make a database and a log of a backup, where there is none. The relay that starts on them"
            + " gives no seq again that was ever given, and asks its hosts for what it missed.",
        "");
  }

  private CommandLine commandLine(String meaning, String... description) {
    spec.usageMessage().width(100).sortOptions(false).description(description);
    spec.addPositional(
        PositionalParamSpec.builder()
            .index("0")
            .arity("1")
            .required(true)
            .type(String.class)
            .paramLabel("DIR")
            .description(meaning)
            .build());
    flags.add();
    RelayCommand.addHelp(spec);
    return new CommandLine(spec);
  }

  @Override
  public Integer call() {
    Settings settings = flags.read(world);
    Path database = DaemonConfig.database(settings);
    Path log = settings.path(Setting.PERSIST_DIR);
    Path directory = Path.of(spec.positionalParameters().getFirst().<String>getValue());
    if (restores) {
      long floor = spec.findOption(FLOOR).<Long>getValue();
      RelayBackup.Outcome done = RelayBackup.restore(directory, database, log, floor);
      world.out().println(done.bytes() + " bytes restored; the next seq is " + done.nextSeq());
    } else {
      RelayBackup.Outcome done = RelayBackup.make(database, log, directory, InstantSource.system());
      world
          .out()
          .println(done.bytes() + " bytes copied; the store reflects seq " + done.appliedSeq());
    }
    return ExitCode.OK;
  }
}
