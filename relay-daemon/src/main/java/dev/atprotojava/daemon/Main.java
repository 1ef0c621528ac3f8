// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon;

import dev.atprotojava.daemon.cli.ExitCode;
import dev.atprotojava.daemon.cli.RelayCommand;
import dev.atprotojava.daemon.cli.Termination;
import dev.atprotojava.daemon.config.BadSettingException;
import dev.atprotojava.daemon.config.DotEnv;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** Where the process begins. */
public final class Main {
  private Main() {}

  /** Runs a command, and ends the process with its exit code. */
  public static void main(String[] args) {
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    Map<String, String> dotEnv;
    try {
      dotEnv = DotEnv.read(Path.of(""));
    } catch (BadSettingException e) {
      err.println("relay: " + e.getMessage());
      System.exit(ExitCode.USAGE);
      return;
    }
    RelayCommand.Surroundings world =
        new RelayCommand.Surroundings(
            System.getenv(),
            dotEnv,
            new PrintWriter(System.out, false, StandardCharsets.UTF_8),
            err,
            Termination.bySignal());
    System.exit(new RelayCommand(world).run(args));
  }
}
