// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.simulator.EventTally.Problem;
import dev.atprotojava.sync.Cursor;
import dev.atprotojava.sync.EncodedFrame;
import dev.atprotojava.sync.Frame;
import dev.atprotojava.sync.FrameCodec;
import dev.atprotojava.sync.RepoEvent;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventTallyTest {
  private static final long RELAY_SEQ = 1L << 32;

  @TempDir private Path directory;

  private final VirtualClock clock = new VirtualClock(Networks.START);
  private final List<EncodedFrame> frames = new ArrayList<>();
  private EventTally tally;
  private Recording recording;

  @BeforeEach
  void record() throws Exception {
    Recording.Plan plan = new Recording.Plan(8, 1, 5, 60, 5);
    RecordingWriter.write(directory, plan, Networks.START, done -> {});
    recording = Recording.open(directory);
    RecordedHost host = recording.hosts().getFirst();
    host.release(host.size());
    ByteBuffer all = host.subscribe(new Cursor.Oldest(), () -> {}).next();
    assertThat(all).isNotNull();
    while (all.hasRemaining()) {
      all.get();
      int length = all.get();
      byte[] payload = new byte[length == 126 ? all.getShort() & 0xffff : length];
      all.get(payload);
      Frame.Message frame = (Frame.Message) new FrameCodec().decode(Bytes.wrap(payload));
      frames.add(((RepoEvent.Sequenced) frame.event()).source());
    }
    tally = new EventTally(recording, frames.size(), clock::nanos);
  }

  private void receive(int event, long seq) {
    receive(Frames.renumber(frames.get(event), seq));
  }

  private void receive(Bytes payload) {
    tally.receive(new StreamMessage(0, false, payload));
  }

  private void assertProblems(int unknown, int repeated, int seq, int account) {
    assertThat(tally.problems(Problem.UNKNOWN)).isEqualTo(unknown);
    assertThat(tally.problems(Problem.REPEATED)).isEqualTo(repeated);
    assertThat(tally.problems(Problem.SEQ_NOT_RISING)).isEqualTo(seq);
    assertThat(tally.problems(Problem.ACCOUNT_OUT_OF_ORDER)).isEqualTo(account);
  }

  /** Damage: a right relay that is called wrong, or a latency from another event's release. */
  @Test
  void receive_everythingInOrder_isWithoutProblems() {
    for (int event = 0; event < frames.size(); event++) {
      tally.release(event);
      clock.advance(Duration.ofMillis(3));
      receive(event, RELAY_SEQ + event);
    }
    assertThat(tally.received()).isEqualTo(tally.expected()).isEqualTo(recording.events());
    assertProblems(0, 0, 0, 0);
    assertThat(tally.latency().millis(0.99)).isEqualTo(3);
    assertThat(tally.latency().count()).isBetween(25L, 35L);
  }

  /** Damage: a wrong relay that is called right. */
  @Test
  void receive_whatARelayMustNotSend_isCounted() {
    receive(0, RELAY_SEQ);
    receive(0, RELAY_SEQ + 1);
    assertProblems(0, 1, 0, 0);

    byte[] altered = Frames.renumber(frames.get(1), RELAY_SEQ + 2).toByteArray();
    altered[altered.length / 2] ^= 1;
    receive(Bytes.wrap(altered));
    receive(Bytes.fromHex("ff"));
    assertProblems(2, 1, 0, 0);

    receive(2, RELAY_SEQ);
    assertProblems(2, 1, 1, 0);
    assertThat(tally.received()).isEqualTo(2);
  }

  /** Damage: two events of one account that change places (RL-30), unnoticed. */
  @Test
  void receive_anAccountsEventsInAnotherOrder_isCounted() {
    int account = recording.account(frames.size() - 1);
    int earlier = frames.size() - 2;
    while (recording.account(earlier) != account) {
      earlier--;
    }
    receive(frames.size() - 1, RELAY_SEQ);
    receive(earlier, RELAY_SEQ + 1);
    assertProblems(0, 0, 0, 1);
  }
}
