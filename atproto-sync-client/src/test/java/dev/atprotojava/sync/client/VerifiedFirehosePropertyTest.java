// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.ChainState;
import dev.atprotojava.sync.CommitFault;
import dev.atprotojava.sync.Cursor;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.testing.Gen;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Any network: commits that arrive, come twice or are lost, forged ones, keys that change, accounts
 * that leave, return and are deleted, connections and servers that fail, and a consumer that is
 * ended at any moment with some of what it took not acknowledged. In the end its tables are those
 * of the accounts. The damage: a record too many or too few, for good.
 */
@Timeout(300)
class VerifiedFirehosePropertyTest {
  private static final int ACCOUNTS = 4;

  @TempDir Path directory;

  @Test
  void tables_areThoseOfTheAccounts() throws Exception { // SC-61 to SC-74, SC-86
    Gen.forAll(60, gen -> run(gen, new InMemoryRepoStateStore()));
  }

  @Test
  void tables_areThoseOfTheAccountsWithSqlite() throws Exception {
    int[] run = {0};
    Gen.forAll(
        8,
        gen -> {
          Path file = directory.resolve("state-" + run[0]++ + ".sqlite");
          try (SqliteRepoStateStore store = SqliteRepoStateStore.open(file)) {
            run(gen, store);
          }
        });
  }

  private static void run(Gen gen, RepoStateStore store) {
    try {
      new Scenario(gen, store).run();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** One network and its consumer. */
  private static final class Scenario {
    private final Gen gen;
    private final RepoStateStore store;
    private final FakeNetwork network = new FakeNetwork();
    private final List<FakeAccount> accounts = new ArrayList<>();
    private final Consumer consumer = new Consumer();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private @Nullable VerifiedFirehose firehose;
    private @Nullable Delivery lastTaken;

    Scenario(Gen gen, RepoStateStore store) {
      this.gen = gen;
      this.store = store;
      Random random = new Random(gen.nextLong());
      for (int i = 0; i < ACCOUNTS; i++) {
        FakeAccount account = new FakeAccount(i, random);
        accounts.add(account);
        network.add(account);
        for (int before = gen.nextInt(4); before > 0; before--) {
          changes(account); // that nobody hears of
        }
      }
    }

    private VerifiedFirehose open() {
      return VerifiedFirehose.builder(FakeNetwork.HOST, store)
          .withBackfill()
          .from(new Cursor.Oldest())
          .transport(network)
          .servers(network)
          .identities(network)
          .wallClock(InstantSource.fixed(FakeNetwork.NOW))
          .random(new Random(1))
          .reconnect(new ReconnectPolicy(Duration.ofMillis(1), Duration.ofMillis(2)))
          .resyncWaits(new ReconnectPolicy(Duration.ofMillis(1), Duration.ofMillis(5)))
          .queueBytes(gen.oneIn(3) ? 3_000 : 1 << 20, 1 << 20)
          .bufferBytes(gen.oneIn(3) ? 500 : 1 << 20)
          .lanes(3)
          .observer(new Watch())
          .open();
    }

    /** Tells, when a run fails, what the firehose did. */
    private final class Watch implements FirehoseObserver {
      @Override
      public void connected(Cursor cursor) {
        log.add("connected " + cursor);
      }

      @Override
      public void rejected(Did did, long seq, CommitFault fault) {
        log.add(last(did) + " rejected " + seq + " " + fault);
      }

      @Override
      public void desynchronized(Did did, ChainState.Cause cause) {
        log.add(last(did) + " " + cause);
      }

      @Override
      public void resyncBegun(Did did) {
        log.add(last(did) + " begun");
      }

      @Override
      public void resyncFailed(Did did, String reason, Duration wait) {
        log.add(last(did) + " failed " + reason);
      }

      private char last(Did did) {
        return did.toString().charAt(31);
      }
    }

    private MapValue changes(FakeAccount account) {
      Map<String, @Nullable String> changes = new HashMap<>();
      for (int i = gen.nextInt(5); i > 0; i--) {
        String path = "com.example." + gen.oneOf("a", "b") + "/" + gen.nextInt(12);
        changes.put(path, gen.oneIn(3) ? null : "text " + gen.nextInt(50));
      }
      return account.commit(changes);
    }

    void run() throws InterruptedException {
      firehose = open();
      try {
        for (int i = 0; i < 10 + gen.size() / 2; i++) {
          happen(gen.oneOf(accounts));
          takeSome(gen.nextInt(4));
          if (gen.oneIn(12)) {
            restart();
          }
        }
        network.directoryDown(false);
        // What was lost last of all shows when the account commits again, and not before.
        log.add("the end from here");
        for (FakeAccount account : accounts) {
          network.send(account.account());
          if (account.status().isActive()) {
            network.send(changes(account));
          }
        }
        settle();
      } finally {
        firehose.close();
      }
    }

    private void happen(FakeAccount account) {
      boolean active = account.status().isActive();
      switch (gen.nextInt(16)) {
        case 0, 1, 2, 3, 4, 5 -> {
          if (active) {
            network.send(changes(account));
          }
        }
        case 6 -> {
          if (active) {
            changes(account); // lost
          }
        }
        case 7 -> {
          if (active) {
            MapValue twice = changes(account);
            network.send(twice);
            network.send(twice);
          }
        }
        case 8 -> {
          account.rotateKey();
          if (gen.oneIn(2)) {
            network.send(account.identity());
          }
          if (active) {
            network.send(changes(account));
          }
        }
        case 9 -> {
          if (account.head() != null && active) {
            network.send(account.sync());
          }
        }
        case 10 -> forge(account);
        case 11 -> {
          account.status(
              gen.oneOf(
                  AccountStatus.ACTIVE,
                  AccountStatus.DEACTIVATED,
                  AccountStatus.TAKENDOWN,
                  AccountStatus.DELETED));
          network.send(account.account());
        }
        case 12 -> {
          account.status(AccountStatus.ACTIVE);
          network.send(account.account());
        }
        case 13 -> network.breakConnections();
        case 14 ->
            network.failRepo(
                gen.oneIn(2)
                    ? new IOException("broken")
                    : new XrpcException(429, "", "pds.example.com", Duration.ofMillis(2)));
        default -> network.directoryDown(gen.oneIn(2));
      }
    }

    /** Somebody else's signature, or operations that the tree contradicts. */
    private void forge(FakeAccount account) {
      FakeAccount forger = new FakeAccount(account.did.toString().charAt(31) - 'a', new Random(7));
      forger.put("com.example.a/forged", "first");
      MapValue forged = forger.put("com.example.a/forged", "second");
      if (gen.oneIn(2)) {
        Map<String, CborValue> fields = new TreeMap<>(forged.entries());
        fields.put("ops", new CborValue.ArrayValue(List.of()));
        forged = new MapValue(fields);
      }
      network.send(forged);
    }

    private VerifiedFirehose firehose() {
      VerifiedFirehose opened = firehose;
      assertThat(opened).isNotNull();
      return opened;
    }

    private void takeSome(int count) throws InterruptedException {
      for (int i = 0; i < count; i++) {
        Delivery delivery = firehose().poll(Duration.ofMillis(gen.nextInt(3)));
        if (delivery == null) {
          return;
        }
        consumer.take(delivery.event());
        lastTaken = delivery;
        if (gen.oneIn(2)) {
          delivery.ackThrough();
        } else if (gen.oneIn(2)) {
          delivery.ack();
        }
      }
    }

    /** Ends the consumer with some taken and not dealt with, and goes on from the store. */
    private void restart() throws InterruptedException {
      for (int i = gen.nextInt(3); i > 0; i--) {
        Delivery lost = firehose().poll(Duration.ofMillis(1));
        if (lost != null && gen.oneIn(2)) {
          consumer.take(lost.event());
        }
      }
      log.add("restart");
      firehose().close();
      lastTaken = null;
      firehose = open();
    }

    /** Takes everything until the tables are right, and then to see that they stay so. */
    private void settle() throws InterruptedException {
      long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      int quiet = 0;
      if (lastTaken != null) {
        lastTaken.ackThrough();
      }
      while (quiet < 3) {
        Delivery delivery = firehose().poll(Duration.ofMillis(20));
        if (delivery != null) {
          consumer.take(delivery.event());
          delivery.ackThrough();
          quiet = 0;
        } else if (isRight()) {
          quiet++;
        } else if (System.nanoTime() > end) {
          compare();
          quiet++;
        } else {
          quiet = 0;
        }
      }
      compare();
    }

    private boolean isRight() {
      try {
        compare();
        return true;
      } catch (AssertionError e) {
        return false;
      }
    }

    private void compare() {
      for (FakeAccount account : accounts) {
        assertThat(consumer.status(account.did)).as("%s", account.did).isEqualTo(account.status());
        if (account.status().isActive()) {
          assertThat(consumer.table(account.did))
              .as("%s, stored %s, seen %s", account.did, store.find(account.did), log)
              .isEqualTo(account.records());
        }
        if (account.status() == AccountStatus.DELETED) {
          assertThat(consumer.table(account.did)).isEmpty();
        }
      }
    }
  }
}
