// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.interop.Recordings.Recorded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingsTest {
  private static void write(Path directory, String file, String hex, String times)
      throws IOException {
    Files.write(directory.resolve(file), Bytes.fromHex(hex).toByteArray());
    Files.writeString(directory.resolve(file + ".times"), times);
  }

  // Frames of two hosts in another order than they came would give other verdicts.
  @Test
  void frames_areInTheOrderOfArrival(@TempDir Path directory) throws IOException {
    assertThat(new Recordings(directory, false).present()).isFalse();
    write(directory, "frames.bin", "00000001aa" + "00000002bbcc", "5\n7\n");
    assertThat(new Recordings(directory, false).present()).isFalse();
    write(directory, "frames-b.bin", "00000000" + "00000001dd", "5\n6\n");
    Recordings recordings = new Recordings(directory, true);
    assertThat(recordings.present()).isTrue();
    assertThat(recordings.frames())
        .containsExactly(
            new Recorded("A", Instant.ofEpochMilli(5), Bytes.fromHex("aa")),
            new Recorded("B", Instant.ofEpochMilli(5), Bytes.EMPTY),
            new Recorded("B", Instant.ofEpochMilli(6), Bytes.fromHex("dd")),
            new Recorded("A", Instant.ofEpochMilli(7), Bytes.fromHex("bbcc")));
    Files.writeString(directory.resolve("frames.bin.times"), "5\n");
    assertThatThrownBy(recordings::frames).isInstanceOf(IllegalStateException.class);
  }
}
