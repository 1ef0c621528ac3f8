// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.relay.DropReason;
import dev.atprotojava.relay.Posture;
import dev.atprotojava.relay.host.CrawlAnswer;
import dev.atprotojava.relay.host.HostControl;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an operator decides about a host that really signs. */
@Timeout(60)
class HostControlTest {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final String ME = "me";

  @TempDir private Path data;

  private final VirtualClock clock = new VirtualClock(Networks.START);
  private final SimulatedNetwork network =
      new SimulatedNetwork(new NetworkShape(7, 1, 3, 0), clock);
  private final SimulatedTraffic people = new SimulatedTraffic(network, 7);
  private final SimulatedPds host = network.hosts().getFirst();
  private final Random random = new Random(7);
  private SimulatedServers servers;
  private InProcessRelay relay;
  private int sent;

  @BeforeEach
  void start() throws Exception {
    servers = SimulatedServers.start(network);
    relay = open();
    assertThat(relay.crawl(host)).isEqualTo(CrawlAnswer.ADDED);
    for (int number = 0; number < 3; number++) {
      people.introduce(network.account(number)).events().forEach(this::send);
    }
    settled();
  }

  private InProcessRelay open() throws Exception {
    return new InProcessRelay(data, servers.plc(), clock);
  }

  @AfterEach
  void stop() throws Exception {
    relay.stop();
    servers.close();
  }

  private void send(FrameBody.Event event) {
    clock.advance(Duration.ofMillis(1));
    host.append(event);
    sent++;
  }

  private void act(int count) {
    for (int i = 0; i < count; i++) {
      people.act(network.account(random.nextInt(3))).events().forEach(this::send);
    }
  }

  private void settled() {
    await("all came", () -> relay.messages().size() >= sent && relay.isDone(host));
  }

  private FrameBody.Commit tooBig() {
    FrameBody.Commit truth = commit();
    return new FrameBody.Commit(
        truth.did(),
        truth.commit(),
        truth.rev(),
        truth.since(),
        truth.prevData(),
        truth.blocks(),
        truth.ops(),
        false,
        true,
        truth.time());
  }

  private FrameBody.Commit commit() {
    while (true) {
      clock.advance(Duration.ofMillis(1));
      var events = people.act(network.account(0)).events();
      if (events.getFirst() instanceof FrameBody.Commit commit) {
        return commit;
      }
      events.forEach(this::send);
    }
  }

  private void await(String what, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(relay.fatal()).isNull();
      assertThat(System.nanoTime() - start)
          .as("%s; %s of %s, drops %s", what, relay.messages().size(), sent, relay.drops())
          .isLessThan(PATIENCE_NANOS);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  /** Damage: commits that consumers get twice; or a host that is never asked again. */
  @Test
  void resetCursor_asksForEverything_andEmitsNoCommitTwice() throws Exception {
    act(20);
    settled();
    int before = relay.messages().size();
    assertThat(relay.control().resetCursor("none.example.com", ME)).isFalse();
    assertThat(relay.control().resetCursor(host.hostname(), ME)).isTrue();
    await("a new epoch", () -> relay.view(host).epoch() == 1 && relay.isDone(host));
    assertThat(relay.drops()).containsKey(DropReason.STALE_REV);
    assertThat(relay.drops().keySet())
        .isSubsetOf(DropReason.STALE_REV, DropReason.REPLAYED, DropReason.SYNC_CONFLICT);
    FrameBody.Commit next = commit();
    int asides = sent;
    send(next);
    await("it goes on", () -> relay.isDone(host));
    assertThat(relay.messages().size()).isGreaterThan(before);
    assertThat(asides).isPositive();
    relay.stop();
    relay = open();
    await("its epoch outlasts a restart", () -> relay.view(host).epoch() == 1);
  }

  /** Damage: numbers that are skipped because somebody mistyped one. */
  @Test
  void rewind_asksAgain_andNeverSkips() {
    act(10);
    settled();
    long seq = relay.view(host).seq();
    assertThat(relay.control().rewind("none.example.com", 1, ME))
        .isEqualTo(HostControl.Move.UNKNOWN_HOST);
    assertThat(relay.control().rewind(host.hostname(), seq + 1, ME))
        .isEqualTo(HostControl.Move.NOT_BEHIND);
    assertThat(relay.view(host).epoch()).isZero();
    assertThat(relay.control().rewind(host.hostname(), seq - 5, ME))
        .isEqualTo(HostControl.Move.DONE);
    await("a new epoch", () -> relay.view(host).epoch() == 1 && relay.isDone(host));
    assertThat(relay.drops().values().stream().mapToLong(Long::longValue).sum()).isEqualTo(5);
  }

  /**
   * Design section 6. Damage: a host that is forgiven for ever; or one that is dropped without a
   * word on what that costs.
   */
  @Test
  void observedHost_isShownWhatItWouldCost_andEnforcedOnceItIsClean() throws Exception {
    HostControl control = relay.control();
    assertThat(control.posture(host.hostname(), Posture.OBSERVE, null, ME)).isTrue();
    send(tooBig());
    settled();
    assertThat(relay.drops()).isEmpty();
    assertThat(relay.wouldDrop(host, clock.instant())).isEqualTo(Map.of(DropReason.TOO_BIG, 1L));
    act(230);
    settled();
    assertThat(relay.view(host).observation().posture()).isEqualTo(Posture.OBSERVE);
    relay.stop();
    relay = open();
    assertThat(relay.view(host).observation().cleanCommits()).isGreaterThan(200);

    clock.advance(Duration.ofHours(24));
    send(commit());
    await(
        "it is enforced by itself",
        () -> relay.view(host).observation().posture() == Posture.ENFORCE);
    assertThat(relay.wouldDrop(host, clock.instant())).as("a day later").isEmpty();
    host.append(tooBig());
    await("it is dropped", () -> relay.drops().equals(Map.of(DropReason.TOO_BIG, 1L)));
    relay.stop();
    relay = open();
    assertThat(relay.view(host).observation().posture()).isEqualTo(Posture.ENFORCE);
    assertThat(relay.control().posture(host.hostname(), Posture.OBSERVE, null, ME)).isTrue();
    assertThat(relay.view(host).observation().posture()).isEqualTo(Posture.OBSERVE);
  }
}
