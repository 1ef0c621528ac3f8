// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.identity.PdsEndpoint;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.Cursor;
import dev.atprotojava.sync.client.RawServer.Connection;
import dev.atprotojava.syntax.Did;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * All of it at once, over sockets: a server that cuts its streams in the middle of a frame, and a
 * process that is ended again and again and goes on from its file. The damage: an event that is
 * lost or out of order between two connections or two processes.
 */
@Timeout(120)
class VerifiedFirehoseLoopbackTest {
  private static final int COMMITS = 400;
  private static final int FOLLOWED = 3;

  @TempDir private Path directory;

  private final FakeNetwork network = new FakeNetwork();
  private final Random random = new Random(11);
  private final AtomicInteger streams = new AtomicInteger();
  private final AtomicInteger repos = new AtomicInteger();
  private final RawServer server = new RawServer();
  private final URI address = server.address().resolve("/");

  VerifiedFirehoseLoopbackTest() throws IOException {
    server.onEveryConnection(this::serve);
  }

  @AfterEach
  void close() throws IOException {
    network.breakConnections();
    server.close();
    assertThat(server.failures()).isEmpty();
  }

  private void serve(Connection connection) throws Exception {
    try {
      answer(connection);
    } catch (IOException gone) {
      // The reader has gone, or the test is over.
    }
  }

  private void answer(Connection connection) throws Exception {
    if (connection.request.isEmpty()) {
      return; // it had gone before it asked
    }
    String asked = connection.request.getFirst().split(" ")[1];
    String query = asked.replaceFirst("[^?]*", "");
    if (asked.contains("subscribeRepos")) {
      connection.upgrade();
      stream(connection, query, new Random(streams.incrementAndGet()));
    } else if (asked.contains("getRepo?")) {
      repos.incrementAndGet();
      Did did = Did.parse(URLDecoder.decode(query.substring(5), StandardCharsets.UTF_8));
      try (InputStream repo = network.getRepo(address, did)) {
        XrpcServer.bytes(200, repo.readAllBytes()).give("", connection.out);
      }
    } else {
      throw new AssertionError("nobody should ask for " + asked);
    }
  }

  /** Some messages, and then a part of one. */
  private void stream(Connection connection, String query, Random cut) throws IOException {
    try (FrameConnection messages = network.connect(URI.create("ws://x/" + query))) {
      for (int left = cut.nextInt(40); left > 0; left--) {
        messages.await();
        byte[] message = Objects.requireNonNull(messages.read()).toByteArray();
        connection.frame(0x82, message);
      }
      messages.await();
      byte[] last = Objects.requireNonNull(messages.read()).toByteArray();
      connection.out.write(new byte[] {(byte) 0x82, 126});
      connection.out.write(new byte[] {(byte) (last.length >>> 8), (byte) last.length});
      connection.out.write(last, 0, cut.nextInt(last.length));
      connection.out.flush();
    }
  }

  private VerifiedFirehose open(RepoStateStore store) {
    return VerifiedFirehose.builder(address, store)
        .withBackfill()
        .policy(AddressPolicy.dev())
        .from(new Cursor.Oldest())
        .identities(network)
        .wallClock(InstantSource.fixed(FakeNetwork.NOW))
        .reconnect(new ReconnectPolicy(Duration.ofMillis(1), Duration.ofMillis(2)))
        .resyncWaits(new ReconnectPolicy(Duration.ofMillis(1), Duration.ofMillis(5)))
        .temporaryFiles(directory)
        .open();
  }

  /** What must come of an account whose commits all come: each once, in order. */
  private static final class Expected {
    final List<String> events = new ArrayList<>();
    int next;
    int acknowledged;
  }

  @Test
  void everyEvent_comesInOrderOverCutConnectionsAndRestarts() throws Exception { // SC-44, SC-65
    Map<Did, Expected> expected = new HashMap<>();
    List<FakeAccount> accounts = new ArrayList<>();
    for (int i = 0; i <= FOLLOWED; i++) {
      FakeAccount account = new FakeAccount(i, random);
      accounts.add(account);
      network.add(account);
      network.move(
          account,
          PdsEndpoint.parse(address.toString().replace("ws:", "http:"), AddressPolicy.dev()));
      if (i < FOLLOWED) {
        expected.put(account.did, new Expected());
      }
    }
    FakeAccount lossy = accounts.getLast();
    lossy.put("com.example.record/before", "nobody has heard of this");
    Consumer consumer = new Consumer();
    Path file = directory.resolve("state.sqlite");
    begin(accounts.subList(0, FOLLOWED), expected, file, consumer);
    int sent = 0;
    int restarts = 0;
    boolean done = false;
    while (!done) {
      for (Expected each : expected.values()) { // what was not acknowledged comes again
        each.next = each.acknowledged;
      }
      try (RepoStateStore store = SqliteRepoStateStore.open(file);
          VerifiedFirehose firehose = open(store)) {
        boolean last = sent == COMMITS;
        for (int left = 20 + random.nextInt(60); (left > 0 || last) && !done; left--) {
          if (sent < COMMITS) {
            commit(accounts.get(random.nextInt(accounts.size())), expected, sent);
            sent++;
          } else if (last && sent == COMMITS) { // what was lost last shows with another commit
            network.send(lossy.put("com.example.record/last", "text " + left));
            last = lossy.status() == AccountStatus.ACTIVE;
            sent++;
          }
          Delivery delivery = firehose.poll(Duration.ofMillis(sent < COMMITS ? 5 : 300));
          if (delivery == null) {
            done = isComplete(expected) && consumer.table(lossy.did).equals(lossy.records());
            continue;
          }
          check(delivery.event(), expected);
          consumer.take(delivery.event());
          if (sent > COMMITS || random.nextInt(3) == 0) {
            delivery.ackThrough();
            expected.values().forEach(each -> each.acknowledged = each.next);
          }
        }
      }
      restarts++;
    }
    for (FakeAccount account : accounts) {
      assertThat(consumer.table(account.did)).isEqualTo(account.records());
    }
    assertThat(restarts).isGreaterThan(5);
    assertThat(streams).hasValueGreaterThan(20);
    assertThat(repos).hasPositiveValue();
  }

  /**
   * The first event of each, acknowledged: an account of which only what is doubtful was stored is
   * fetched when the process is started again, and its events do not come one by one then.
   */
  private void begin(
      List<FakeAccount> followed, Map<Did, Expected> expected, Path file, Consumer consumer)
      throws InterruptedException {
    for (FakeAccount each : followed) {
      commit(each, expected, -1);
    }
    try (RepoStateStore store = SqliteRepoStateStore.open(file);
        VerifiedFirehose firehose = open(store)) {
      for (int i = 0; i < followed.size(); i++) {
        Delivery delivery = firehose.next();
        check(delivery.event(), expected);
        consumer.take(delivery.event());
        delivery.ack();
      }
    }
    expected.values().forEach(each -> each.acknowledged = each.next);
  }

  private void commit(FakeAccount account, Map<Did, Expected> expected, int number) {
    String path = "com.example.record/" + random.nextInt(8);
    boolean known = account.records().keySet().stream().anyMatch(p -> p.toString().equals(path));
    boolean deletes = known && random.nextInt(4) == 0;
    var message = deletes ? account.delete(path) : account.put(path, "text " + number);
    Expected whole = expected.get(account.did);
    if (whole != null) {
      whole.events.add(path + (deletes ? " gone" : " text " + number));
      network.send(message);
    } else if (random.nextInt(3) > 0) {
      network.send(message);
    }
  }

  private static void check(VerifiedEvent event, Map<Did, Expected> expected) {
    Expected of = expected.get(event.did());
    if (of != null) {
      assertThat(of.next).as("%s", event).isLessThan(of.events.size());
      assertThat(text(event)).isEqualTo(of.events.get(of.next));
      of.next++;
    }
  }

  private static String text(VerifiedEvent event) {
    return switch (event) {
      case VerifiedEvent.Created made -> made.path() + " " + FakeAccount.textOf(made.record());
      case VerifiedEvent.Updated made -> made.path() + " " + FakeAccount.textOf(made.record());
      case VerifiedEvent.Deleted gone -> gone.path() + " gone";
      case VerifiedEvent.Synchronized other -> "fetched, though nothing was lost";
      case VerifiedEvent.StatusChanged other -> other.toString();
      case VerifiedEvent.IdentityChanged other -> other.toString();
    };
  }

  private static boolean isComplete(Map<Did, Expected> expected) {
    return expected.values().stream().allMatch(each -> each.next == each.events.size());
  }
}
