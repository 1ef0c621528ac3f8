// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A program that stands for {@code ./relay}: it runs a {@link FakeRelay}. */
final class FakeLauncher {
  private FakeLauncher() {}

  /** Writes it into a directory. */
  static Path write(Path directory, String fault) throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Path script = directory.resolve("relay");
    Files.writeString(
        script,
        """
        #!/bin/sh
        FAKE_RELAY_FAULT=%s exec "%s" -Xmx256m -cp "%s" dev.atprotojava.simulator.FakeRelay "$@"
        """
            .formatted(fault, java, System.getProperty("java.class.path")));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return script;
  }
}
