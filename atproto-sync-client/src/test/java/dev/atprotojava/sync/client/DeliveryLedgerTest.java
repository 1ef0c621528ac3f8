// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.client.DeliveryLedger.Account;
import dev.atprotojava.sync.client.DeliveryLedger.Slot;
import dev.atprotojava.sync.client.RepoStateStore.All;
import dev.atprotojava.sync.client.RepoStateStore.Change;
import dev.atprotojava.syntax.Did;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DeliveryLedgerTest {
  private static final Did DID = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
  private static final String STREAM = "wss://pds.example.com";
  private static final int MAX_PENDING = 10;
  private static final long LAST = 200;

  private final RepoStateStore store = new InMemoryRepoStateStore();
  private final DeliveryLedger ledger =
      new DeliveryLedger(
          store,
          STREAM,
          () -> 0,
          new DeliveryLedger.Limits(1 << 20, 1000, MAX_PENDING, Duration.ofMillis(50)));
  private final Account account = new Account();
  private final BlockingQueue<Long> received = new LinkedBlockingQueue<>();

  private void delivery(Slot slot) throws InterruptedException {
    VerifiedEvent event = new VerifiedEvent.StatusChanged(DID, AccountStatus.ACTIVE);
    ledger.add(slot, account, List.of(event), new Change(DID, null, All.KEEP, List.of()));
  }

  /** Reads events of which nothing comes, from a number on, to the last one or until that ends. */
  private Thread reader(long first) {
    return Thread.ofVirtual()
        .start(
            () -> {
              try {
                for (long seq = first; seq <= LAST; seq++) {
                  ledger.pass(ledger.receive(seq));
                  received.add(seq);
                }
              } catch (InterruptedException e) {
                received.add(-1L);
              }
            });
  }

  private long last() throws InterruptedException {
    long last = 0;
    for (Long seq = received.poll(10, TimeUnit.SECONDS);
        seq != null;
        seq = received.poll(300, TimeUnit.MILLISECONDS)) {
      last = seq;
    }
    return last;
  }

  // Damage: memory that grows with each event of the stream while one is not acknowledged.
  @Test
  void receive_waitsWhileTooMuchIsUnderWay() throws Exception { // SC-49
    delivery(ledger.receive(1));
    Delivery taken = Objects.requireNonNull(ledger.take(Long.MAX_VALUE));
    Thread reader = reader(2);
    assertThat(last()).isEqualTo(9); // with its slot and its unit that makes ten
    taken.ack();
    assertThat(last()).isEqualTo(LAST);
    reader.join();
    ledger.close();
    assertThat(store.cursor(STREAM)).hasValue(LAST);
  }

  @Test
  void receive_endsWithTheLedger() throws Exception {
    delivery(ledger.receive(1));
    Thread reader = reader(2);
    assertThat(last()).isEqualTo(9);
    ledger.close();
    reader.join();
    assertThat(last()).isEqualTo(-1);
  }

  @Test
  void receive_endsWithAFailure() throws Exception {
    delivery(ledger.receive(1));
    Thread reader = reader(2);
    assertThat(last()).isEqualTo(9);
    ledger.fail(new IllegalStateException("the stream's"));
    reader.join();
    assertThat(last()).isEqualTo(-1);
  }

  // Damage: a caller who acknowledges in batches, and waits for ever for the rest of one.
  @Test
  void take_saysWhyNothingComesAnyMore() throws Exception {
    delivery(ledger.receive(1));
    Delivery taken = Objects.requireNonNull(ledger.take(Long.MAX_VALUE));
    Thread reader = reader(2);
    assertThat(last()).isEqualTo(9);
    assertThatThrownBy(() -> ledger.take(Long.MAX_VALUE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("1 deliveries are not acknowledged");
    taken.ack(); // and then it goes on
    assertThat(last()).isEqualTo(LAST);
    ledger.close();
    reader.join();
  }

  // Damage: whoever wants few accounts is held up by all the others.
  @Test
  void skip_takesNoRoom() throws Exception {
    for (long seq = 1; seq <= 5; seq++) {
      ledger.skip(seq);
    }
    Slot slot = ledger.receive(6);
    for (long seq = 7; seq <= 5000; seq++) {
      ledger.skip(seq);
    }
    delivery(slot);
    Delivery taken = Objects.requireNonNull(ledger.take(Long.MAX_VALUE));
    ledger.pass(ledger.receive(5001));
    ledger.skip(5002);
    assertThat(store.cursor(STREAM).orElse(0)).isLessThan(6);
    taken.ack();
    assertThat(store.cursor(STREAM)).hasValue(5002);
  }
}
