// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.relay.DropReason;
import dev.atprotojava.relay.LogOptions;
import dev.atprotojava.relay.host.CrawlAnswer;
import dev.atprotojava.sync.Frame;
import dev.atprotojava.sync.FrameCodec;
import dev.atprotojava.sync.HostStatus;
import dev.atprotojava.sync.RepoEvent;
import dev.atprotojava.syntax.Did;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The relay's boundary: two hosts on loopback, one of which sends something that must not get
 * through, in the middle of what must.
 */
@Timeout(60)
@Execution(ExecutionMode.CONCURRENT)
class HostileInputTest {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int ACCOUNTS = 6;

  @TempDir private Path data;

  private final VirtualClock clock = new VirtualClock(Networks.START);
  private final SimulatedNetwork network =
      new SimulatedNetwork(new NetworkShape(11, 2, ACCOUNTS, 0.5), clock);
  private final SimulatedTraffic people = new SimulatedTraffic(network, 11);
  private final SplittableRandom random = new SplittableRandom(11);

  /** What the consumer is to get of each account, in order. */
  private final Map<Did, Deque<FrameBody.Event>> good = new HashMap<>();

  private int sent;

  private SimulatedServers servers;
  private InProcessRelay relay;

  @BeforeEach
  void start() throws Exception {
    servers = SimulatedServers.start(network);
    relay = new InProcessRelay(data, servers.plc(), clock);
    for (SimulatedPds host : network.hosts()) {
      assertThat(relay.crawl(host)).isEqualTo(CrawlAnswer.ADDED);
    }
    for (int number = 0; number < ACCOUNTS; number++) {
      send(people.introduce(network.account(number)));
    }
    await("the accounts are known", () -> relay.messages().size() >= sent && isDone());
  }

  @AfterEach
  void stop() throws Exception {
    relay.stop();
    servers.close();
  }

  private void send(SimulatedTraffic.Step step) {
    clock.advance(Duration.ofMillis(1));
    for (FrameBody.Event event : step.events()) {
      good.computeIfAbsent(event.did(), _ -> new ArrayDeque<>()).add(event);
      sent++;
      step.account().host().append(event);
    }
  }

  /** Every account writes, so that both hosts send. */
  private void everybodyWrites() {
    for (int number = 0; number < ACCOUNTS; number++) {
      send(people.act(network.account(number)));
    }
  }

  /**
   * Waits for the judgement of a frame in the name of another host's account: else that host may be
   * faster with the account's next commit, and what was forged be stale before it is seen.
   */
  private void judgeFirst(HostileFrame hostile) {
    SimulatedAccount account = network.find(hostile.did());
    if (account != null && account.host() != hostile.sender()) {
      await("the hostile frame is judged", this::isDone);
    }
  }

  private boolean isDone() {
    return network.hosts().stream().allMatch(relay::isDone);
  }

  private void await(String what, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(relay.fatal()).isNull();
      assertThat(System.nanoTime() - start)
          .as("%s; of %s messages %s came, drops %s", what, sent, received(), relay.drops())
          .isLessThan(PATIENCE_NANOS);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  private int received() {
    return relay.messages().size();
  }

  /** Each good event once, in the order of its account, byte for byte but for {@code seq}. */
  private void requireGoodAlone() {
    FrameCodec codec = new FrameCodec();
    long last = LogOptions.LOWEST_SEQ - 1;
    for (Bytes message : relay.messages()) {
      RepoEvent.Sequenced event =
          (RepoEvent.Sequenced) ((Frame.Message) codec.decode(message)).event();
      FrameBody.Event expected = good.getOrDefault(event.did(), new ArrayDeque<>()).poll();
      assertThat(expected).as("an event that no good frame is behind").isNotNull();
      assertThat(message).isEqualTo(FrameEncoder.encode(expected, event.seq()).bytes());
      assertThat(event.seq()).isGreaterThan(last);
      last = event.seq();
    }
    assertThat(good.values()).as("good events that never came").allMatch(Deque::isEmpty);
  }

  /**
   * Damage: something forged, stale, oversized or malformed that is emitted; an honest frame of the
   * same or another host that is lost for it, or comes late, or not as it was sent; a host that is
   * told a wrong reason.
   */
  @ParameterizedTest
  @EnumSource(Fault.class)
  void fault_amongGoodFrames_isDroppedForItsReasonAlone(Fault fault) {
    everybodyWrites();
    HostileFrame hostile = HostileFrame.forge(fault, network, network.account(0), random);
    hostile.send();
    judgeFirst(hostile);
    everybodyWrites();

    await("all good frames", () -> received() >= sent && isDone());

    requireGoodAlone();
    String reason = fault.dropReason();
    Map<DropReason, Long> drops =
        reason == null ? Map.of() : Map.of(DropReason.valueOf(reason), 1L);
    assertThat(relay.drops()).isEqualTo(drops);
    for (SimulatedPds host : network.hosts()) {
      assertThat(relay.view(host).drops()).isEqualTo(host == hostile.sender() ? drops : Map.of());
      assertThat(relay.view(host).status()).isEqualTo(HostStatus.ACTIVE);
      assertThat(relay.view(host).connected()).isTrue();
      assertThat(relay.view(host).epoch()).isZero();
    }
  }

  /**
   * Damage: a host with more bad messages in a row than a connection survives, which the relay
   * reads up to the same place for ever, so that what comes behind is lost.
   */
  @Test
  void poison_moreThanAConnectionSurvives_losesNoGoodFrame() {
    everybodyWrites();
    SimulatedPds host = network.hosts().getFirst();
    for (int i = 0; i < 25; i++) {
      HostileFrame.forge(Fault.GARBAGE, network, network.account(0), random).send();
    }
    everybodyWrites();

    await("all good frames", () -> received() >= sent && isDone());

    requireGoodAlone();
    assertThat(relay.drops()).containsOnlyKeys(DropReason.FRAME_UNDECODABLE);
    assertThat(relay.view(host).lastPoison().length()).isPositive();
    assertThat(relay.view(host).status()).isEqualTo(HostStatus.ACTIVE);
    assertThat(relay.view(host).connected()).isTrue();
  }

  /** Damage: faults that are harmless alone and not together: state that one leaves to another. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void faults_allOfThemInAnyOrder_areEachDroppedForTheirReason(long seed) {
    FaultPlan plan = new FaultPlan(network, seed, EnumSet.allOf(Fault.class), 2);
    Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);
    while (!plan.unfired().isEmpty()) {
      HostileFrame hostile = plan.next();
      if (hostile == null) {
        everybodyWrites();
        continue;
      }
      hostile.send();
      String reason = hostile.fault().dropReason();
      if (reason != null) {
        drops.merge(DropReason.valueOf(reason), 1L, Long::sum);
      }
      judgeFirst(hostile);
    }
    everybodyWrites();

    await("all good frames", () -> received() >= sent && isDone());

    requireGoodAlone();
    assertThat(relay.drops()).isEqualTo(drops);
  }
}
