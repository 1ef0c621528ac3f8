// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.cli;

import dev.atprotojava.daemon.assembly.Daemon;
import dev.atprotojava.daemon.config.AdminKey;
import dev.atprotojava.daemon.config.DaemonConfig;
import dev.atprotojava.daemon.config.ForeignVariables;
import dev.atprotojava.daemon.config.Product;
import dev.atprotojava.daemon.config.Setting;
import dev.atprotojava.daemon.logging.ConsoleLog;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** {@code relay serve}: runs the relay until it is told to end. Its flags are the settings. */
final class ServeCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);
  private static final int PASSWORD_BYTES = 18;

  private final RelayCommand.Surroundings world;
  private final Product product;
  private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);

  private final SettingFlags flags = new SettingFlags(spec, List.of(Setting.values()));

  ServeCommand(RelayCommand.Surroundings world, Product product) {
    this.world = world;
    this.product = product;
  }

  CommandLine commandLine() {
    spec.usageMessage()
        .width(100)
        .sortOptions(false)
        .abbreviateSynopsis(true)
        .description(
            "Run the relay until SIGTERM or SIGINT.",
            "",
            "A flag counts before the environment, the environment before the file .env of the"
                + " directory, that before the file of settings, and that before the default.")
        .optionListHeading("%n");
    flags.add();
    RelayCommand.addHelp(spec);
    return new CommandLine(spec);
  }

  @Override
  public Integer call() throws InterruptedException {
    world.termination().listen(); // already now: told while it starts, it ends in order too
    List<String> unknown = ForeignVariables.check(world.variables());
    DaemonConfig config = DaemonConfig.of(flags.read(world));
    ConsoleLog.setLevel(config.logLevel());
    unknown.forEach(LOG::warn);
    if (config.relay().hosts().dev()) {
      LOG.warn("--dev allows connections without encryption and to private addresses");
    }
    Daemon daemon = Daemon.start(config, adminKeys(config), product, ServeCommand::endNow);
    try {
      world.termination().await();
    } finally {
      daemon.stop();
    }
    return ExitCode.OK;
  }

  /** Those that are set, or one that nobody can guess and that is said once. */
  private List<AdminKey> adminKeys(DaemonConfig config) {
    if (!config.admin().keys().isEmpty()) {
      return config.admin().keys();
    }
    byte[] random = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(random);
    String password = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    world.err().println("The admin password until the next start is " + password);
    return List.of(new AdminKey("admin", password));
  }

  /** Without ceremony: what is durable is durable, and nothing else may be promised any more. */
  private static void endNow(Throwable cause) {
    LOG.error("going on would break a promise; ending", cause);
    Runtime.getRuntime().halt(ExitCode.SOFTWARE);
  }
}
