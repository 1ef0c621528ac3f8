// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.relay.TestAccount;
import dev.atprotojava.relay.upstream.TestHost;
import dev.atprotojava.relay.upstream.UpstreamEvent;
import dev.atprotojava.testing.Gen;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Catches a host that keeps the others waiting, and an event that is lost or turned round. */
@Timeout(60)
class LaneMailboxTest {
  private static final long LONG = TimeUnit.MINUTES.toNanos(10);

  private final LaneMailbox mailbox = new LaneMailbox();
  private final TestAccount account = new TestAccount(1);
  private final List<TestHost> hosts =
      IntStream.range(0, 5).mapToObj(id -> new TestHost(id, "host" + id + ".example")).toList();
  private final List<UpstreamEvent> events = new ArrayList<>();
  private final List<LaneMessage> messages = new ArrayList<>();

  private UpstreamEvent submit(int host, long seq) {
    UpstreamEvent event = hosts.get(host).send(account.identity(seq));
    mailbox.submit(event);
    return event;
  }

  private LaneMessage question() {
    return new LaneMessage.Query(account.hash(), account.did(), new CompletableFuture<>());
  }

  private List<String> taken() {
    return events.stream().map(event -> event.hostId() + ":" + event.upstreamSeq()).toList();
  }

  /** Invariant 6: one host's thousand events cost another one place in the row. */
  @Test
  void take_servesHostsInTurn() throws InterruptedException {
    for (int i = 1; i <= 1000; i++) {
      submit(0, i);
    }
    submit(1, 1);
    submit(1, 2);
    submit(2, 1);
    mailbox.take(events, messages, 4, 0);
    mailbox.take(events, messages, 3, 0);
    assertThat(taken()).containsExactly("0:1", "1:1", "2:1", "0:2", "1:2", "0:3", "0:4");
  }

  @Test
  void take_any_keepsTheOrderOfAHostAndIsFair() {
    Gen.forAll(
        200,
        gen -> {
          LaneMailbox any = new LaneMailbox();
          List<Deque<UpstreamEvent>> model = new ArrayList<>();
          hosts.forEach(host -> model.add(new ArrayDeque<>()));
          for (int step = gen.between(1, 60); step > 0; step--) {
            if (gen.oneIn(3)) {
              List<UpstreamEvent> now = take(any, gen.between(1, 6));
              Set<Integer> waiting = new HashSet<>();
              model.stream()
                  .filter(q -> !q.isEmpty())
                  .forEach(q -> waiting.add(q.getFirst().hostId()));
              Set<Integer> served = new HashSet<>();
              for (UpstreamEvent event : now) {
                assertThat(event).isSameAs(model.get(event.hostId()).pollFirst());
                if (!served.add(event.hostId())) {
                  assertThat(served)
                      .as("all had a turn before one has a second")
                      .containsAll(waiting);
                }
              }
            } else {
              int host = gen.nextInt(hosts.size());
              UpstreamEvent event = hosts.get(host).send(account.identity(step));
              any.submit(event);
              model.get(host).add(event);
            }
          }
          int left = model.stream().mapToInt(Deque::size).sum();
          assertThat(take(any, 1000)).hasSize(left);
        });
  }

  private static List<UpstreamEvent> take(LaneMailbox mailbox, int max) {
    try {
      List<UpstreamEvent> events = new ArrayList<>();
      mailbox.take(events, new ArrayList<>(), max, 0);
      return events;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Answers free what waits, so they go before new events; a full lane takes nothing else. */
  @Test
  void take_givesAllMessagesAtOnce_evenToAFullLane() throws InterruptedException {
    submit(0, 1);
    List<LaneMessage> posted = List.of(question(), question(), question());
    posted.forEach(mailbox::post);
    assertThat(mailbox.take(events, messages, 0, LONG)).isTrue();
    assertThat(messages).isEqualTo(posted);
    assertThat(events).isEmpty();
    assertThat(mailbox.take(events, messages, 10, LONG)).isTrue();
    assertThat(taken()).containsExactly("0:1");
    assertThat(messages).as("once").hasSize(3);
  }

  /** Damage: what was submitted before the end is forgotten, or the lane's thread never ends. */
  @Test
  void close_letsWhatIsThereBeTakenFirst() throws InterruptedException {
    submit(0, 1);
    submit(0, 2);
    mailbox.post(question());
    mailbox.close();
    assertThat(mailbox.take(events, messages, 1, LONG)).isTrue();
    assertThat(mailbox.take(events, messages, 1, LONG)).isTrue();
    assertThat(taken()).containsExactly("0:1", "0:2");
    assertThat(messages).hasSize(1);
    assertThat(take(mailbox)).isFalse();
    submit(0, 3);
    assertThat(take(mailbox)).as("too late, and still there").isTrue();
    assertThat(take(mailbox)).isFalse();
  }

  private static boolean take(LaneMailbox mailbox) throws InterruptedException {
    return mailbox.take(new ArrayList<>(), new ArrayList<>(), 1, LONG);
  }

  /** Damage: a lane that sleeps though there is something to do. */
  @Test
  void take_isWokenByWhateverComes() throws Exception {
    for (Runnable wake :
        List.<Runnable>of(
            () -> submit(3, 7), () -> mailbox.post(question()), () -> mailbox.close())) {
      CompletableFuture<Boolean> taking =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return mailbox.take(new ArrayList<>(), new ArrayList<>(), 10, LONG);
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              },
              task -> Thread.ofPlatform().daemon().start(task));
      wake.run();
      taking.get(30, TimeUnit.SECONDS);
    }
  }
}
