// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.sync.CommitVerdict;
import dev.atprotojava.sync.CommitVerifier;
import dev.atprotojava.sync.Cursor;
import dev.atprotojava.sync.Frame;
import dev.atprotojava.sync.FrameCodec;
import dev.atprotojava.sync.RepoEvent;
import dev.atprotojava.sync.RepoState;
import dev.atprotojava.syntax.Did;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingTest {
  private static final Recording.Plan PLAN = new Recording.Plan(3, 4, 40, 1200, 20);

  @TempDir private Path directory;

  private Recording make() throws IOException, ProgramFailure {
    RecordingWriter.write(directory, PLAN, Networks.START, done -> {});
    return Recording.open(directory);
  }

  /** The messages of a feed until it has nothing more. */
  private static List<Bytes> read(FrameFeed feed) {
    List<Bytes> messages = new ArrayList<>();
    for (ByteBuffer chunk = feed.next(); chunk != null; chunk = feed.next()) {
      while (chunk.hasRemaining()) {
        assertThat(chunk.get() & 0xff).isEqualTo(0x80 | WebSocketWire.BINARY);
        int length = chunk.get();
        length =
            switch (length) {
              case 126 -> chunk.getShort() & 0xffff;
              case 127 -> (int) chunk.getLong();
              default -> length;
            };
        byte[] payload = new byte[length];
        chunk.get(payload);
        messages.add(Bytes.wrap(payload));
      }
    }
    return messages;
  }

  private static List<Bytes> all(RecordedHost host) {
    host.release(host.size());
    return read(host.subscribe(new Cursor.Oldest(), () -> {}));
  }

  /** Damage: recorded frames that a relay refuses, so that a benchmark measures refusals. */
  @Test
  void write_everyFrame_isAcceptedAndListed() throws Exception {
    Recording recording = make();
    SimulatedNetwork network = new SimulatedNetwork(PLAN.shape(), new VirtualClock(Networks.START));
    CommitVerifier verifier = CommitVerifier.strict(new SplittableRandom(1));
    Map<Did, RepoState> states = new HashMap<>();
    List<List<Bytes>> frames = recording.hosts().stream().map(RecordingTest::all).toList();
    Fingerprint fingerprint = new Fingerprint();
    FrameCodec codec = new FrameCodec();
    Set<Did> first = new HashSet<>();
    assertThat(recording.events()).isBetween(1200, 1210);
    for (int number = 0; number < recording.events(); number++) {
      int host = recording.account(number) % PLAN.hosts();
      Frame frame = codec.decode(frames.get(host).get(recording.seq(number) - 1));
      RepoEvent.Sequenced event = (RepoEvent.Sequenced) ((Frame.Message) frame).event();
      SimulatedAccount account = network.account(recording.account(number));
      assertThat(event.did()).isEqualTo(account.did());
      assertThat(event.seq()).isEqualTo(recording.seq(number));
      assertThat(fingerprint.of(event.source())).isEqualTo(recording.fingerprint(number));
      if (event instanceof RepoEvent.CommitEvent commit) {
        RepoState last = states.get(event.did());
        CommitVerdict verdict = verifier.verify(commit, account.publicKey(), last, Networks.START);
        assertThat(verdict)
            .isInstanceOfSatisfying(
                CommitVerdict.Accept.class,
                accept -> {
                  assertThat(accept.chain())
                      .isEqualTo(
                          last == null ? CommitVerdict.Chain.FIRST : CommitVerdict.Chain.CONTINUES);
                  states.put(event.did(), accept.next());
                });
      }
      first.add(event.did());
      if (number == 60) {
        assertThat(first).as("everybody is met early").hasSize(40);
      }
    }
    assertThat(recording.hosts().stream().mapToInt(RecordedHost::size).sum())
        .isEqualTo(recording.events());
  }

  /** Damage: two people who measure the same seed and do not measure the same bytes. */
  @Test
  void write_twice_givesTheSameFiles() throws Exception {
    make();
    Map<String, Bytes> before = files();
    RecordingWriter.write(directory, PLAN, Networks.START, done -> {});
    assertThat(files()).isEqualTo(before).hasSize(2 + 2 * PLAN.hosts());
  }

  private Map<String, Bytes> files() throws IOException {
    Map<String, Bytes> files = new HashMap<>();
    try (var paths = Files.newDirectoryStream(directory)) {
      for (Path path : paths) {
        files.put(path.getFileName().toString(), Bytes.wrap(Files.readAllBytes(path)));
      }
    }
    return files;
  }

  /** Damage: a message that is sent before its time, twice, or never. */
  @Test
  void subscribe_anyCursor_sendsWhatIsReleasedAndFollows() throws Exception {
    RecordedHost host = make().hosts().getFirst();
    List<Bytes> expected = all(host);
    RecordedHost again = Recording.open(directory).hosts().getFirst();
    int[] woken = {0};
    FrameFeed oldest = again.subscribe(new Cursor.Oldest(), () -> woken[0]++);
    assertThat(read(oldest)).isEmpty();
    again.release(1);
    assertThat(read(oldest)).isEqualTo(expected.subList(0, 1));
    again.release(150);
    assertThat(read(oldest)).isEqualTo(expected.subList(1, 150));
    assertThat(read(again.subscribe(new Cursor.After(7), () -> {})))
        .isEqualTo(expected.subList(7, 150));
    FrameFeed live = again.subscribe(new Cursor.Live(), () -> {});
    assertThat(read(live)).isEmpty();
    again.release(again.size());
    assertThat(read(live)).isEqualTo(expected.subList(150, expected.size()));
    assertThat(woken[0]).isEqualTo(3);
    assertThat(oldest.ended()).isFalse();
    oldest.close();
    assertThat(again.subscribers()).isEqualTo(2);

    FrameFeed future = again.subscribe(new Cursor.After(1_000_000), () -> {});
    assertThat(new FrameCodec().decode(read(future).getFirst()))
        .isEqualTo(new Frame.Error("FutureCursor", null));
    assertThat(future.ended()).isTrue();
  }

  /** Damage: a recording of another program, read as if it were ours. */
  @Test
  void open_anotherFormat_isRefused() throws Exception {
    make();
    Path properties = directory.resolve("recording.properties");
    Files.writeString(properties, Files.readString(properties).replace("format=1", "format=2"));
    assertThatThrownBy(() -> Recording.open(directory))
        .isInstanceOf(ProgramFailure.class)
        .hasMessageContaining("another format");
  }
}
