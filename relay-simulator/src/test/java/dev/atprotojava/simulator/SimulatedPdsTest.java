// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.sync.Cursor;
import dev.atprotojava.sync.Frame;
import dev.atprotojava.sync.FrameCodec;
import dev.atprotojava.sync.RepoEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimulatedPdsTest {
  private final VirtualClock clock = new VirtualClock(Networks.START);
  private final SimulatedNetwork network =
      new SimulatedNetwork(NetworkShape.of(1, 1, 3), clock, 1000);
  private final SimulatedPds host = network.hosts().getFirst();
  private int woken;

  private void append(int count) {
    for (int i = 0; i < count; i++) {
      host.append(network.account(0).toAccount());
    }
  }

  private PdsStream subscribe(Cursor cursor) {
    return host.subscribe(cursor, () -> woken++);
  }

  /** What a stream says until it has nothing more to say: numbers, and words about the stream. */
  private static List<String> read(PdsStream stream) {
    List<String> said = new ArrayList<>();
    for (StreamMessage m = stream.next(); m != null; m = stream.next()) {
      said.add(
          switch (new FrameCodec().decode(m.payload())) {
            case Frame.Error(String error, _) -> error;
            case Frame.Message(RepoEvent.InfoEvent info) -> info.name();
            case Frame.Message(RepoEvent.Sequenced event) -> Long.toString(event.seq());
            case Frame.Invalid _, Frame.Unknown _ -> "?";
          });
    }
    return said;
  }

  /** Damage: an event that is sent twice or not at all at the join of replay and live (SC-41). */
  @Test
  void subscribe_eachCursor_beginsWhereItShould() {
    append(3);
    PdsStream live = subscribe(new Cursor.Live());
    PdsStream oldest = subscribe(new Cursor.Oldest());
    PdsStream after = subscribe(new Cursor.After(2));
    PdsStream newest = subscribe(new Cursor.After(3));
    assertThat(read(live)).isEmpty();
    append(1);
    assertThat(read(live)).containsExactly("4");
    assertThat(read(oldest)).containsExactly("1", "2", "3", "4");
    assertThat(read(after)).containsExactly("3", "4");
    assertThat(read(newest)).containsExactly("4");
  }

  /** Damage: a subscriber that waits for a host that has never heard of its cursor. */
  @Test
  void subscribe_futureCursor_isToldSoAndEnded() {
    append(3);
    PdsStream stream = subscribe(new Cursor.After(4));
    assertThat(stream.ended()).isFalse();
    assertThat(read(stream)).containsExactly("FutureCursor");
    assertThat(stream.ended()).isTrue();
    append(2);
    assertThat(read(stream)).isEmpty();
  }

  /** Damage: a gap that nobody is told of. */
  @Test
  void subscribe_outdatedCursor_isToldSoAndGetsTheWindow() {
    append(100); // of about 90 bytes each, in a window of 1000
    List<String> said = read(subscribe(new Cursor.After(5)));
    long first = host.firstSeq();
    assertThat(first).isGreaterThan(80);
    assertThat(said).startsWith("OutdatedCursor", Long.toString(first)).endsWith("100");
    assertThat(read(subscribe(new Cursor.Oldest()))).startsWith(Long.toString(first));
    assertThat(read(subscribe(new Cursor.After(first - 1)))).startsWith(Long.toString(first));
  }

  /** Damage: a slow subscriber that is moved on in silence. */
  @Test
  void next_whenTheLogHasMovedOn_isConsumerTooSlow() {
    append(1);
    PdsStream stream = subscribe(new Cursor.Oldest());
    append(100);
    assertThat(read(stream)).containsExactly("ConsumerTooSlow");
    assertThat(stream.ended()).isTrue();
  }

  /** Damage: no way to test a relay against hosts that follow the letter (SC-42, SC-43). */
  @Test
  void replaysCursor_sendsTheMessageOfTheCursorAgain() {
    append(3);
    host.replaysCursor(true);
    assertThat(read(subscribe(new Cursor.After(2)))).containsExactly("2", "3");
  }

  /** Damage: a host that comes back with numbers it has used, and nobody can test it. */
  @Test
  void restartSequence_begins_atOne() {
    append(3);
    host.restartSequence();
    assertThat(read(subscribe(new Cursor.After(3)))).containsExactly("FutureCursor");
    append(1);
    assertThat(read(subscribe(new Cursor.Oldest()))).containsExactly("1");
  }

  /** Damage: a subscriber that is not woken, or one that is gone and still is. */
  @Test
  void append_wakesWhoIsSubscribed() {
    PdsStream stream = subscribe(new Cursor.Live());
    append(2);
    assertThat(woken).isEqualTo(2);
    assertThat(host.subscribers()).isEqualTo(1);
    stream.close();
    append(1);
    assertThat(woken).isEqualTo(2);
    assertThat(host.subscribers()).isZero();
  }
}
