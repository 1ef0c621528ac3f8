// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.relay.DropReason;
import dev.atprotojava.relay.LogOptions;
import dev.atprotojava.relay.host.CrawlAnswer;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.Frame;
import dev.atprotojava.sync.FrameCodec;
import dev.atprotojava.sync.RepoEvent;
import dev.atprotojava.syntax.Did;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Design section 7: a host that lost its disk and numbers its events anew. */
@Timeout(60)
class RestoredHostTest {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int ACCOUNTS = 4;

  @TempDir private Path data;

  private final VirtualClock clock = new VirtualClock(Networks.START);
  private final SimulatedNetwork network =
      new SimulatedNetwork(new NetworkShape(5, 1, ACCOUNTS, 0.5), clock);
  private final SimulatedTraffic people = new SimulatedTraffic(network, 5);
  private final SimulatedPds host = network.hosts().getFirst();
  private final List<FrameBody.Event> sent = new ArrayList<>();

  private void send(FrameBody.Event event) {
    clock.advance(Duration.ofMillis(1));
    sent.add(event);
    host.append(event);
  }

  private Optional<AccountStatus> status(Did did) {
    return Optional.ofNullable(network.find(did)).map(SimulatedAccount::status);
  }

  /**
   * Damage: consumers that are told again how things stood when a backup was made; or an account
   * whose status changed with what was lost, and of which nobody ever hears.
   */
  @Test
  void laterEpoch_tellsWhatDiffers_andNothingTwice() throws Exception {
    try (SimulatedServers servers = SimulatedServers.start(network)) {
      SimulatedAccount steady = network.account(0);
      SimulatedAccount changed = network.account(1);
      InProcessRelay before = new InProcessRelay(data, servers.plc(), clock);
      assertThat(before.crawl(host)).isEqualTo(CrawlAnswer.ADDED);
      for (int number = 0; number < ACCOUNTS; number++) {
        people.introduce(network.account(number)).events().forEach(this::send);
      }
      steady.status(AccountStatus.DEACTIVATED);
      send(steady.toAccount());
      int backup = sent.size();
      steady.status(AccountStatus.ACTIVE);
      send(steady.toAccount());
      await(before, "all came", () -> before.messages().size() == sent.size());
      await(before, "all is done", () -> before.isDone(host));
      before.stop();

      clock.advance(Duration.ofHours(1));
      changed.status(AccountStatus.SUSPENDED); // and its event is lost
      host.restartSequence();
      sent.subList(0, backup).forEach(host::append);

      InProcessRelay after =
          new InProcessRelay(data, servers.plc(), clock, this::status, LogOptions.defaults());
      await(after, "the host caught up", () -> after.isDone(host) && after.view(host).epoch() == 1);
      await(
          after,
          "what differs is told",
          () -> after.messages().size() == sent.size() + 1 + ACCOUNTS);
      RepoEvent.AccountEvent told = onlyAccountEvent(after);
      assertThat(told.did()).isEqualTo(changed.did());
      assertThat(told.active()).isFalse();
      assertThat(told.status()).isEqualTo("suspended");
      assertThat(after.drops())
          .containsOnlyKeys(DropReason.STALE_REV, DropReason.REPLAYED)
          .containsEntry(DropReason.REPLAYED, 2L * ACCOUNTS + 1);
      assertThat(after.view(host).gap()).isPositive();

      SimulatedTraffic.Step next = people.act(network.account(2));
      clock.advance(Duration.ofSeconds(1));
      next.events().forEach(host::append);
      await(
          after,
          "it goes on",
          () -> after.messages().size() == sent.size() + 1 + ACCOUNTS + next.events().size());
      after.stop();
    }
  }

  /**
   * Of what the relay itself said: of every account who it is, since it forgot, and of one this.
   */
  private RepoEvent.AccountEvent onlyAccountEvent(InProcessRelay relay) {
    FrameCodec codec = new FrameCodec();
    List<RepoEvent.AccountEvent> accounts = new ArrayList<>();
    List<Did> identities = new ArrayList<>();
    for (Bytes message : relay.messages().subList(sent.size(), relay.messages().size())) {
      switch (((Frame.Message) codec.decode(message)).event()) {
        case RepoEvent.AccountEvent account -> accounts.add(account);
        case RepoEvent.IdentityEvent identity -> identities.add(identity.did());
        case RepoEvent event -> throw new AssertionError(event);
      }
    }
    assertThat(identities).doesNotHaveDuplicates().hasSize(ACCOUNTS);
    assertThat(accounts).hasSize(1);
    return accounts.getFirst();
  }

  private static void await(InProcessRelay relay, String what, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(relay.fatal()).isNull();
      assertThat(System.nanoTime() - start)
          .as("%s; %s messages, drops %s", what, relay.messages().size(), relay.drops())
          .isLessThan(PATIENCE_NANOS);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }
}
