// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.cli;

import dev.atprotojava.daemon.config.Product;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** {@code relay version}: one line. */
final class VersionCommand implements Callable<Integer> {
  private final RelayCommand.Surroundings world;
  private final Product product;

  private VersionCommand(RelayCommand.Surroundings world, Product product) {
    this.world = world;
    this.product = product;
  }

  static CommandLine commandLine(RelayCommand.Surroundings world, Product product) {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(new VersionCommand(world, product));
    spec.usageMessage().description("Say which version this is.");
    RelayCommand.addHelp(spec);
    return new CommandLine(spec);
  }

  @Override
  public Integer call() {
    world.out().println(product);
    return ExitCode.OK;
  }
}
