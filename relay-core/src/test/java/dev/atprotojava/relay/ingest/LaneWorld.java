// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.relay.TestAccount;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.AccountRooms;
import dev.atprotojava.relay.account.DidHash;
import dev.atprotojava.relay.account.LocalStatus;
import dev.atprotojava.relay.upstream.TestHost;
import dev.atprotojava.relay.upstream.UpstreamEvent;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.RepoState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A lane and all that is around it, on one thread and a clock that the test moves. */
final class LaneWorld {
  static final String HERE = "pds.example.com";
  static final String ELSEWHERE = "other.example.net";

  final TestHost host = new TestHost(1, HERE);
  final TestHost other = new TestHost(2, ELSEWHERE);
  final ScriptedIdentities identities = new ScriptedIdentities();
  final ScriptedStore store = new ScriptedStore();
  final LaneMailbox mailbox = new LaneMailbox();
  final LaneCounters counters = new LaneCounters();
  final List<AcceptedEvent> accepted = new ArrayList<>();
  final List<Announcement> announced = new ArrayList<>();
  final List<DidHash> lost = new ArrayList<>();
  final AccountRooms rooms = new AccountRooms();
  final ScriptedStatuses statuses = new ScriptedStatuses();
  boolean tooLarge;

  /** True if whatever needs the time of day fails, as a mistake in the verifier would. */
  boolean broken;

  long now = 1_000_000_007;
  long seq;
  private long uid;

  final Lane lane =
      new Lane(
          4,
          new LaneLimits(0, 100), // the smallest table
          new LaneSurroundings(
              () -> ++uid,
              store,
              identities,
              statuses,
              lost::add,
              rooms,
              this::timeOfDay,
              () -> now,
              new Random(1)),
          this::offer,
          mailbox,
          counters);

  private Instant timeOfDay() {
    if (broken) {
      throw new IllegalStateException("a mistake of ours");
    }
    return TestAccount.NOW;
  }

  private boolean offer(LaneOutput output) {
    return switch (output) {
      case AcceptedEvent event -> !tooLarge && accepted.add(event);
      case Announcement announcement -> announced.add(announcement);
    };
  }

  /** An account whose identity is known, and that the store has. */
  AccountRecord known(TestAccount account, @Nullable RepoState repo) {
    return known(account, AccountStatus.ACTIVE, LocalStatus.ACTIVE, repo);
  }

  AccountRecord known(
      TestAccount account, AccountStatus upstream, LocalStatus local, @Nullable RepoState repo) {
    AccountRecord row =
        new AccountRecord(++uid, account.did(), account.hash(), 1, upstream, local, true, repo);
    store.put(row);
    identities.know(account.did(), account.on(HERE));
    return row;
  }

  /** An event comes from the first host, and whatever the store is asked is answered. */
  void send(Bytes frame) {
    send(host, frame);
  }

  void send(TestHost from, Bytes frame) {
    step(from.send(frame));
  }

  void step(UpstreamEvent event) {
    lane.step(event);
    settle();
  }

  /** Answers the store's requests and steps what is in the mailbox. */
  void settle() {
    do {
      store.answerAll();
      deliver();
    } while (store.waiting() > 0);
  }

  /** Steps what is in the mailbox. */
  void deliver() {
    List<LaneMessage> messages = new ArrayList<>();
    try {
      mailbox.take(new ArrayList<>(), messages, 0, 0);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    messages.forEach(lane::step);
  }

  /** Time passes, with the ticks of a lane. */
  void pass(long seconds) {
    for (long i = 0; i < seconds; i++) {
      now += TimeUnit.SECONDS.toNanos(1);
      lane.tick();
      deliver();
    }
  }

  CompletableFuture<Optional<AccountRecord>> ask(TestAccount account) {
    CompletableFuture<Optional<AccountRecord>> answer = new CompletableFuture<>();
    mailbox.post(new LaneMessage.Query(account.hash(), account.did(), answer));
    deliver();
    return answer;
  }

  /** The newest state of an account. */
  AccountRecord state(TestAccount account) {
    CompletableFuture<Optional<AccountRecord>> answer = ask(account);
    settle();
    return answer.getNow(Optional.empty()).orElseThrow();
  }

  /** Fills memory with other accounts, so that those that the store has are evicted. */
  void crowd() {
    for (int i = 500; i < 800; i++) {
      TestAccount account = new TestAccount(i);
      known(account, null);
      state(account);
    }
  }

  long nextSeq() {
    return ++seq;
  }
}
