// SPDX-License-Identifier: MIT OR Apache-2.0
import org.jspecify.annotations.NullMarked;

/** A seeded network of PLC directory, PDS hosts and consumers. */
@NullMarked
module dev.atprotojava.simulator {
  requires static org.jspecify;
  requires transitive dev.atprotojava.sync;
  requires dev.atprotojava.multiformats;
  requires info.picocli;
  requires java.logging;
  requires java.net.http;
  requires undertow.core;
  requires xnio.api;

  exports dev.atprotojava.simulator;

  opens dev.atprotojava.simulator to
      info.picocli;
}
