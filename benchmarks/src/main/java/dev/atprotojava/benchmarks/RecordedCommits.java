// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.benchmarks;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.sync.Frame;
import dev.atprotojava.sync.FrameCodec;
import dev.atprotojava.sync.RepoEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The {@code #commit} messages of a recorded host, which is not part of the project: {@code
 * frames.bin} in the directory of {@code -Datproto.fixtures} or {@code ATPROTO_FIXTURES}, else in
 * {@code ../shared/fixtures}. Before each message are four bytes of length, big-endian.
 */
final class RecordedCommits {
  private RecordedCommits() {}

  /** Those of at most {@code maxBytes}, in the order in which they were sent. */
  static List<Bytes> upTo(int maxBytes) {
    ByteBuffer in = ByteBuffer.wrap(read(directory().resolve("frames.bin")));
    FrameCodec codec = new FrameCodec();
    List<Bytes> commits = new ArrayList<>();
    while (in.hasRemaining()) {
      byte[] message = new byte[in.getInt()];
      in.get(message);
      if (message.length <= maxBytes
          && codec.decode(Bytes.wrap(message)) instanceof Frame.Message(RepoEvent.CommitEvent _)) {
        commits.add(Bytes.wrap(message));
      }
    }
    return commits;
  }

  private static Path directory() {
    String property = System.getProperty("atproto.fixtures", "");
    if (!property.isEmpty()) {
      return Path.of(property);
    }
    String variable = System.getenv("ATPROTO_FIXTURES");
    return Path.of(variable == null ? "../shared/fixtures" : variable);
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "no recording at " + file + "; say where with -jvmArgsAppend -Datproto.fixtures=DIR", e);
    }
  }
}
