// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.identity.IdentityLookup;
import dev.atprotojava.relay.IdentitySource;
import dev.atprotojava.relay.TestAccount;
import dev.atprotojava.relay.account.AccountRooms;
import dev.atprotojava.relay.upstream.TestHost;
import dev.atprotojava.relay.upstream.UpstreamEvent;
import dev.atprotojava.sync.client.NanoClock;
import dev.atprotojava.syntax.Did;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Lanes with their threads, several hosts that submit at the same time, and answers that come from
 * others. Catches events of one account in two lanes, one that is lost between threads, and states
 * that lanes mix up.
 */
@Timeout(120)
class AccountLanesTest {
  private static final String HERE = "pds.example.com";
  private static final int LANES = 3;
  private static final int HOSTS = 4;
  private static final int ACCOUNTS_OF_HOST = 8;
  private static final int EVENTS_OF_ACCOUNT = 150;

  private final Map<Did, TestAccount> accounts = new ConcurrentHashMap<>();
  private final Map<Did, List<AcceptedEvent>> accepted = new ConcurrentHashMap<>();
  private final CountDownLatch left =
      new CountDownLatch(HOSTS * ACCOUNTS_OF_HOST * EVENTS_OF_ACCOUNT);
  private final ExecutorService answers = Executors.newFixedThreadPool(2);
  private final AtomicLong uids = new AtomicLong();

  /** Who asks is answered by another thread; what was answered is known. */
  private final class Directory implements IdentitySource {
    private final Map<Did, IdentityLookup> known = new ConcurrentHashMap<>();

    @Override
    public @Nullable IdentityLookup cached(Did did) {
      return known.get(did);
    }

    @Override
    public void resolve(Did did, boolean force, Consumer<IdentityLookup> whenDone) {
      answers.execute(
          () -> {
            TestAccount account = accounts.get(did);
            if (account != null) {
              IdentityLookup found = account.on(HERE);
              known.put(did, found);
              whenDone.accept(found);
            }
          });
    }

    @Override
    public void markStale(Did did) {
      known.remove(did);
    }

    @Override
    public boolean available() {
      return true;
    }
  }

  private boolean accept(LaneOutput output) {
    AcceptedEvent event = (AcceptedEvent) output;
    accepted
        .computeIfAbsent(event.upstream().event().did(), _ -> new CopyOnWriteArrayList<>())
        .add(event);
    event.upstream().durable();
    left.countDown();
    return true;
  }

  /** Invariant 4 with threads. */
  @Test
  void run_severalHostsAndLanes_keepTheOrderOfEveryAccount() throws Exception {
    AccountLanes lanes =
        new AccountLanes(
            LANES,
            new LaneLimits(1 << 21, 10),
            new LaneSurroundings(
                uids::incrementAndGet,
                (hash, did, whenDone) -> answers.execute(() -> whenDone.accept(null)),
                new Directory(),
                (hostname, secure, did, whenDone) -> whenDone.accept(Optional.empty()),
                account -> {},
                new AccountRooms(),
                InstantSource.fixed(TestAccount.NOW),
                NanoClock.system(),
                new Random(1)),
            () -> this::accept,
            new LaneCounters());
    List<TestHost> hosts = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(LANES + HOSTS)) {
      List<Future<?>> laneEnds = new ArrayList<>();
      for (int lane = 0; lane < LANES; lane++) {
        int number = lane;
        laneEnds.add(
            threads.submit(
                () -> {
                  lanes.run(number);
                  return null;
                }));
      }
      List<Future<?>> hostEnds = new ArrayList<>();
      for (int id = 1; id <= HOSTS; id++) {
        TestHost host = new TestHost(id, HERE);
        hosts.add(host);
        List<UpstreamEvent> events = eventsOf(host);
        hostEnds.add(threads.submit(() -> events.forEach(lanes::submit)));
      }
      for (Future<?> end : hostEnds) {
        end.get();
      }
      assertThat(left.await(60, TimeUnit.SECONDS)).as("all are accepted").isTrue();
      for (TestAccount account : accounts.values()) {
        assertThat(lanes.find(account.hash(), account.did()).get(30, TimeUnit.SECONDS))
            .hasValueSatisfying(state -> assertThat(state.repo()).isEqualTo(account.state()));
      }
      lanes.close();
      for (Future<?> end : laneEnds) {
        end.get();
      }
    }
    answers.shutdown();
    for (TestHost host : hosts) {
      assertThat(host.drops()).isEmpty();
      assertThat(host.underWay()).isZero();
      assertThat(host.chargedBytes()).isZero();
    }
    assertThat(accepted).hasSize(HOSTS * ACCOUNTS_OF_HOST);
    accepted.values().forEach(AccountLanesTest::assertInOrder);
    assertThat(accepted.values().stream().map(of -> of.getFirst().lane()).distinct())
        .as("lanes in use")
        .hasSize(LANES);
    assertThat(uids.get()).as("each account was made once").isEqualTo(HOSTS * ACCOUNTS_OF_HOST);
  }

  /** What a host sends of its accounts, mixed; every event changes something. */
  private List<UpstreamEvent> eventsOf(TestHost host) {
    List<TestAccount> own =
        IntStream.range(0, ACCOUNTS_OF_HOST)
            .mapToObj(i -> new TestAccount(host.link().id() * 100 + i))
            .toList();
    own.forEach(account -> accounts.put(account.did(), account));
    List<UpstreamEvent> events = new ArrayList<>();
    for (int i = 0; i < EVENTS_OF_ACCOUNT; i++) {
      for (TestAccount account : own) {
        long seq = events.size() + 1L;
        Bytes frame =
            i % 9 == 0 ? account.commit(seq) : account.account(seq, i % 9 % 2 == 0, "suspended");
        events.add(host.send(frame));
      }
    }
    return events;
  }

  private static void assertInOrder(List<AcceptedEvent> events) {
    assertThat(events.stream().map(event -> event.upstream().upstreamSeq()))
        .isSorted()
        .doesNotHaveDuplicates()
        .hasSize(EVENTS_OF_ACCOUNT);
    assertThat(events.stream().map(AcceptedEvent::lane).collect(Collectors.toSet())).hasSize(1);
    assertThat(
            events.stream()
                .map(event -> event.after().uid())
                .collect(Collectors.groupingBy(Function.identity())))
        .hasSize(1);
  }
}
