// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon;

import dev.atprotojava.daemon.cli.RelayCommand;
import dev.atprotojava.daemon.cli.Termination;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** Where the process begins. */
public final class Main {
  private Main() {}

  /** Runs a command, and ends the process with its exit code. */
  public static void main(String[] args) {
    RelayCommand.Surroundings world =
        new RelayCommand.Surroundings(
            System.getenv(),
            new PrintWriter(System.out, false, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            Termination.bySignal());
    System.exit(new RelayCommand(world).run(args));
  }
}
