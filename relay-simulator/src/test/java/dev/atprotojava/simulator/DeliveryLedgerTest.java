// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.sync.EncodedFrame;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeliveryLedgerTest {
  private static final long RELAY_SEQ = 1L << 32;

  private final VirtualClock clock = new VirtualClock(Networks.START);
  private final SimulatedNetwork network = Networks.of(41, clock);
  private final DeliveryLedger ledger = new DeliveryLedger(clock::nanos, Duration.ofSeconds(5));

  private EncodedFrame send(int account) {
    clock.advance(Duration.ofMillis(1)); // two frames of one millisecond would be the same
    return ledger.send(FrameEncoder.encode(network.account(account).toAccount(), 5));
  }

  private void receive(EncodedFrame frame, long seq) {
    ledger.receive(Frames.renumber(frame, seq));
  }

  /** Damage: latency from the wrong moment, or a frame that is not known under another number. */
  @Test
  void receive_whatWasSent_isCountedWithItsTime() {
    receive(send(1), RELAY_SEQ - 1);
    clock.advance(Duration.ofSeconds(5));
    EncodedFrame frame = send(0);
    assertThat(ledger.outstanding()).isEqualTo(1);
    clock.advance(Duration.ofMillis(40));
    receive(frame, RELAY_SEQ);
    assertThat(ledger.outstanding()).isZero();
    assertThat(ledger.unexpected()).isZero();
    assertThat(ledger.latency().millis(0.5)).isEqualTo(40);
    assertThat(ledger.latency().count()).isEqualTo(1);
    assertThat(ledger.warmUpLatency().count()).isEqualTo(1);
    assertThat(ledger.isSettled(Duration.ofSeconds(1))).isTrue();
  }

  /** Damage: a relay that repeats, alters or invents, and is praised for it. */
  @Test
  void receive_whatWasNotSent_isUnexpected() {
    EncodedFrame first = send(0);
    EncodedFrame second = send(1);
    receive(first, RELAY_SEQ);
    receive(first, RELAY_SEQ + 1);
    assertThat(ledger.unexpected()).isEqualTo(1);

    byte[] altered = Frames.renumber(second, RELAY_SEQ + 2).toByteArray();
    altered[altered.length - 1] ^= 1; // active: true becomes false
    ledger.receive(Bytes.wrap(altered));
    assertThat(ledger.unexpected()).isEqualTo(2);

    ledger.receive(Bytes.fromHex("00"));
    assertThat(ledger.unexpected()).isEqualTo(3);
    assertThat(ledger.received()).isEqualTo(1);
    assertThat(ledger.outstanding()).isEqualTo(1);
  }

  /** Damage: events under numbers that fall or repeat (RL-10). */
  @Test
  void receive_underANumberThatDoesNotRise_isOutOfOrder() {
    EncodedFrame[] frames = {send(0), send(1), send(2)};
    receive(frames[0], RELAY_SEQ + 2);
    receive(frames[1], RELAY_SEQ + 2);
    receive(frames[2], RELAY_SEQ + 1);
    assertThat(ledger.outOfOrder()).isEqualTo(2);
  }

  /** Damage: the replay of an earlier run in a kept directory, taken for a fault. */
  @Test
  void receive_beforeTheFirstEvent_isHistory() {
    receive(FrameEncoder.encode(network.account(3).toIdentity(), 1), RELAY_SEQ);
    assertThat(ledger.unexpected()).isZero();
  }

  /** Damage: a lost event that is waited for for ever. */
  @Test
  void isSettled_whenNothingHasComeForLong_givesUp() {
    send(0);
    assertThat(ledger.isSettled(Duration.ofSeconds(1))).isFalse();
    clock.advance(Duration.ofSeconds(2));
    assertThat(ledger.isSettled(Duration.ofSeconds(1))).isTrue();
    assertThat(ledger.outstanding()).isEqualTo(1);
  }
}
