// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.testing.Gen;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class HostCursorTest {
  // Invariant 1: a cursor that passes an event under way loses it in a crash.
  @Test
  void cursor_isBelowEverythingUnderWay() {
    Gen.forAll(
        300,
        gen -> {
          HostCursor cursor = new HostCursor(0, 10);
          TreeMap<Long, Long> underWay = new TreeMap<>(); // number to ticket
          long seq = 10;
          long logSeq = 1000;
          for (int i = gen.nextInt(10 * gen.size()); i > 0; i--) {
            if (underWay.isEmpty() || gen.oneIn(2)) {
              seq += 1 + gen.nextInt(3);
              underWay.put(seq, cursor.begin(seq, logSeq++));
            } else {
              long ended = gen.oneOf(List.copyOf(underWay.keySet()));
              Long ticket = underWay.remove(ended);
              assertThat(ticket).isNotNull();
              cursor.end(ticket);
            }
            long expected = underWay.isEmpty() ? seq : below(underWay.firstKey(), seq);
            assertThat(cursor.mark(0).cursor()).isLessThanOrEqualTo(expected);
            if (underWay.isEmpty()) {
              assertThat(cursor.mark(0).cursor()).isEqualTo(seq);
            }
          }
        });
  }

  private static long below(long first, long last) {
    return Math.min(first - 1, last);
  }

  // Whatever a host sends after its first event under way has a number in the log from there on.
  @Test
  void floor_isThatOfTheOldestEventUnderWay() {
    HostCursor cursor = new HostCursor(0, 0);
    assertThat(cursor.mark(7).logFloor()).isEqualTo(7);
    long first = cursor.begin(1, 7);
    long second = cursor.begin(2, 9);
    cursor.end(second);
    assertThat(cursor.mark(20)).isEqualTo(new HostCursor.Mark(0, 0, 7));
    cursor.end(first);
    assertThat(cursor.mark(20)).isEqualTo(new HostCursor.Mark(0, 2, 20));
  }

  // Found by killing the relay again and again: an event of the first life was in the log, the one
  // before it was not and was still under way in the second when the store was flushed. With the
  // floor of the second life alone, the third did not know the first event again and emitted it
  // twice.
  @Test
  void floor_staysWhereAnEarlierLifeBeganUntilTheCursorPassedIt() {
    HostCursor second = new HostCursor(0, 98, 100, 500);
    long missing = second.begin(99, 9000);
    second.end(second.begin(100, 9000)); // known again, and dropped
    assertThat(second.mark(9001)).isEqualTo(new HostCursor.Mark(0, 98, 500));
    second.end(missing);
    assertThat(second.mark(9001)).isEqualTo(new HostCursor.Mark(0, 100, 9001));
  }

  @Test
  void restart_forgetsWhatIsUnderWay() {
    HostCursor cursor = new HostCursor(0, 0, 50, 3);
    List<Long> tickets = new ArrayList<>();
    for (long seq = 1; seq <= 40; seq++) {
      tickets.add(cursor.begin(seq, seq));
    }
    cursor.restart(1, 0);
    tickets.forEach(cursor::end);
    assertThat(cursor.mark(77)).isEqualTo(new HostCursor.Mark(1, 0, 77));
    cursor.end(cursor.begin(5, 77));
    assertThat(cursor.mark(78)).isEqualTo(new HostCursor.Mark(1, 5, 78));
    assertThat(cursor.underWay()).isZero();
  }
}
