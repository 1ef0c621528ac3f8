// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborWriter;
import dev.atprotojava.sync.Cursor;
import dev.atprotojava.sync.RepoEvent;
import dev.atprotojava.sync.client.FirehoseClient.OnBadMessage;
import dev.atprotojava.sync.client.FirehoseClient.OnFutureCursor;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FirehoseStreamTest {
  private static final URI ADDRESS = URI.create("wss://pds.example.com/stream");
  private static final Bytes GARBAGE = Bytes.wrap(new byte[] {1, 2, 3});

  private final List<String> dialled = new ArrayList<>();
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final Deque<Deque<Bytes>> connections = new ArrayDeque<>();
  private final CountDownLatch idle = new CountDownLatch(1);
  private Runnable duringAwait = () -> {};
  private long now;

  /** A connection that gives out messages and then breaks, or waits if it is the last. */
  private final class Scripted implements FrameConnection {
    private final Deque<Bytes> messages;
    private final boolean last;
    private volatile boolean aborted;

    Scripted(Deque<Bytes> messages, boolean last) {
      this.messages = messages;
      this.last = last;
    }

    @Override
    public Optional<String> server() {
      return Optional.empty();
    }

    @Override
    public Arrival await() throws IOException {
      duringAwait.run();
      if (!messages.isEmpty()) {
        return Arrival.BINARY;
      }
      idle.countDown();
      while (last && !aborted) {
        Thread.onSpinWait();
      }
      throw new IOException("broken");
    }

    @Override
    public int announcedBytes() {
      return messages.getFirst().length();
    }

    @Override
    public @Nullable Bytes read() {
      return messages.removeFirst();
    }

    @Override
    public void discard() {
      messages.removeFirst();
    }

    @Override
    public String closeReason() {
      return "";
    }

    @Override
    public long heardNanos() {
      return 0;
    }

    @Override
    public void ping() {}

    @Override
    public void abort() {
      aborted = true;
    }

    @Override
    public void close() {
      aborted = true;
    }
  }

  private void connection(Bytes... messages) {
    connections.add(new ArrayDeque<>(List.of(messages)));
  }

  private FirehoseStream follow(Cursor cursor, OnBadMessage onBadMessage) {
    return client(onBadMessage).follow(cursor);
  }

  private FirehoseClient client(OnBadMessage onBadMessage) {
    FrameTransport transport =
        address -> {
          dialled.add(String.valueOf(address.getQuery()));
          if (connections.isEmpty()) {
            throw new HandshakeException(501, null, "no more");
          }
          Deque<Bytes> messages = connections.removeFirst();
          return new Scripted(messages, connections.isEmpty());
        };
    return new FirehoseClient(
            ADDRESS,
            transport,
            new ReconnectPolicy(Duration.ofMillis(1), Duration.ofMillis(2)),
            onBadMessage,
            () -> now,
            new Random(1))
        .observedBy(
            new FirehoseObserver() {
              @Override
              public void connected(Cursor cursor) {
                heard.add("connected");
              }

              @Override
              public void disconnected(String reason, Duration wait) {
                heard.add("disconnected");
              }

              @Override
              public void outdatedCursor(Cursor cursor) {
                heard.add("outdated " + cursor);
              }

              @Override
              public void seqRegressed(long seq, long last) {
                heard.add(seq + " after " + last);
              }

              @Override
              public void badMessage(String what) {
                heard.add("bad");
              }
            });
  }

  private static Bytes identity(long seq) {
    CborWriter out = new CborWriter();
    out.writeMap(2).writeText("t").writeText("#identity").writeText("op").writeInteger(1);
    out.writeMap(3).writeText("did").writeText("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
    out.writeText("seq").writeInteger(seq);
    out.writeText("time").writeText("2024-01-02T03:04:05.006Z");
    return out.toBytes();
  }

  private static Bytes info(String name) {
    CborWriter out = new CborWriter();
    out.writeMap(2).writeText("t").writeText("#info").writeText("op").writeInteger(1);
    return out.writeMap(1).writeText("name").writeText(name).toBytes();
  }

  private static Bytes error(String name) {
    CborWriter out = new CborWriter();
    out.writeMap(1).writeText("op").writeInteger(-1);
    return out.writeMap(1).writeText("error").writeText(name).toBytes();
  }

  private static long seq(RepoEvent event) {
    return ((RepoEvent.Sequenced) event).seq();
  }

  @Test
  void next_goesOnAfterTheLastEventWhenAConnectionBreaks() throws Exception {
    connection(identity(5), identity(6));
    connection(
        identity(6), identity(7)); // SC-01, SC-42: servers may send the cursor's own event again
    try (FirehoseStream events = follow(new Cursor.Live(), OnBadMessage.RECONNECT)) {
      assertThat(seq(events.next())).isEqualTo(5);
      assertThat(seq(events.next())).isEqualTo(6);
      assertThat(seq(events.next())).isEqualTo(7);
      assertThat(events.cursor()).isEqualTo(new Cursor.After(7));
      assertThat(events.regressions()).isZero();
    }
    assertThat(dialled).containsExactly("null", "cursor=6");
  }

  @Test
  void next_asksForWhatItIsToldTo() throws Exception {
    connection(identity(1));
    try (FirehoseStream events = follow(new Cursor.Oldest(), OnBadMessage.RECONNECT)) {
      events.next();
    }
    connection(identity(9), identity(10));
    try (FirehoseStream events = follow(new Cursor.After(9), OnBadMessage.RECONNECT)) {
      assertThat(seq(events.next())).isEqualTo(10);
    }
    assertThat(dialled).containsExactly("cursor=0", "cursor=9");
  }

  // SC-43
  @Test
  void next_neverGivesANumberTwice() throws Exception {
    connection(identity(5), identity(3), identity(5), identity(8));
    try (FirehoseStream events = follow(new Cursor.Live(), OnBadMessage.RECONNECT)) {
      assertThat(seq(events.next())).isEqualTo(5);
      assertThat(seq(events.next())).isEqualTo(8);
      assertThat(events.regressions()).isEqualTo(1);
    }
  }

  // Damage: a server that begins anew below our cursor looks like one that has nothing to say.
  @Test
  void next_reconnectsWhereNumbersGoBackMoreThanOnce() throws Exception { // SC-43
    connection(identity(5), identity(3), identity(4), identity(6));
    connection(identity(6));
    try (FirehoseStream events = follow(new Cursor.Live(), OnBadMessage.RECONNECT)) {
      assertThat(seq(events.next())).isEqualTo(5);
      assertThat(seq(events.next())).isEqualTo(6);
      assertThat(events.regressions()).isEqualTo(2);
    }
    assertThat(dialled).containsExactly("null", "cursor=5");
    assertThat(heard)
        .startsWith("connected", "3 after 5", "4 after 5", "disconnected", "connected");
  }

  // Damage: what was missed is not known to be missed; numbers that are left out are no sign.
  @Test
  void next_tellsOfAGap() throws Exception { // SC-40, SC-46
    connection(info("OutdatedCursor"), identity(90), identity(99));
    try (FirehoseStream events = follow(new Cursor.After(5), OnBadMessage.RECONNECT)) {
      assertThat(events.next()).isEqualTo(new RepoEvent.InfoEvent("OutdatedCursor", null));
      assertThat(seq(events.next())).isEqualTo(90);
      assertThat(seq(events.next())).isEqualTo(99);
      assertThat(events.gaps()).isEqualTo(1);
    }
    assertThat(heard).contains("outdated " + new Cursor.After(5));
  }

  @Test
  void next_goesOnWhereItIsToldToAfterAFutureCursor() throws Exception { // SC-45
    for (OnFutureCursor answer : List.of(OnFutureCursor.LIVE, OnFutureCursor.OLDEST)) {
      dialled.clear();
      connection(error("FutureCursor"));
      connection(identity(3));
      try (FirehoseStream events =
          client(OnBadMessage.SKIP).onFutureCursor(answer).follow(new Cursor.After(99))) {
        assertThat(seq(events.next())).isEqualTo(3);
      }
      assertThat(dialled)
          .containsExactly("cursor=99", answer == OnFutureCursor.LIVE ? "null" : "cursor=0");
    }
  }

  // Damage: an event that nobody dealt with is behind the cursor.
  @Test
  void run_savesWhatWasDealtWith() { // SC-44
    CursorStore cursors = CursorStore.inMemory();
    connection(info("Hello"), identity(5), identity(6), identity(7));
    List<RepoEvent> seen = new ArrayList<>();
    assertThatThrownBy(
            () ->
                client(OnBadMessage.SKIP)
                    .run(
                        cursors,
                        new Cursor.Oldest(),
                        event -> {
                          seen.add(event);
                          if (seen.size() == 4) {
                            throw new IllegalStateException("enough");
                          }
                        }))
        .hasMessage("enough");
    assertThat(cursors.load(ADDRESS.toString())).hasValue(6);
    connection(identity(7));
    assertThatThrownBy(
            () ->
                client(OnBadMessage.SKIP)
                    .run(
                        cursors,
                        new Cursor.Oldest(),
                        event -> {
                          assertThat(seq(event)).isEqualTo(7);
                          throw new IllegalStateException("enough");
                        }))
        .hasMessage("enough");
    assertThat(dialled).containsExactly("cursor=0", "cursor=6");
  }

  // SC-20, and what a relay does instead.
  @Test
  void next_reconnectsOrSkipsOverABadMessage() throws Exception {
    connection(identity(5), GARBAGE, identity(6));
    connection(identity(6));
    try (FirehoseStream events = follow(new Cursor.Live(), OnBadMessage.RECONNECT)) {
      assertThat(seq(events.next())).isEqualTo(5);
      assertThat(seq(events.next())).isEqualTo(6);
      assertThat(events.badMessages()).isEqualTo(1);
    }
    assertThat(dialled).hasSize(2);
    dialled.clear();
    connection(identity(5), GARBAGE, identity(6));
    try (FirehoseStream events = follow(new Cursor.Live(), OnBadMessage.SKIP)) {
      assertThat(seq(events.next())).isEqualTo(5);
      assertThat(seq(events.next())).isEqualTo(6);
      assertThat(events.badMessages()).isEqualTo(1);
    }
    assertThat(dialled).hasSize(1);
  }

  // SC-45: nobody but the user can say where to go on.
  @Test
  void next_stopsAtFutureCursor() {
    connection(error("FutureCursor"));
    try (FirehoseStream events = follow(new Cursor.After(99), OnBadMessage.RECONNECT)) {
      assertThatThrownBy(events::next)
          .isInstanceOfSatisfying(
              FirehoseException.class,
              e -> assertThat(e.reason()).isEqualTo(FirehoseException.Reason.FUTURE_CURSOR));
    }
  }

  @Test
  void next_stopsWhereThereIsNoStream() {
    try (FirehoseStream events = follow(new Cursor.Live(), OnBadMessage.RECONNECT)) {
      assertThatThrownBy(events::next)
          .isInstanceOfSatisfying(
              FirehoseException.class,
              e -> assertThat(e.reason()).isEqualTo(FirehoseException.Reason.NO_STREAM));
    }
  }

  // Damage: a reader that took its time loses its connection, as if the server had been silent.
  @Test
  void isSilent_countsOnlyTheTimeOfReading() throws Exception { // SC-07
    connection(identity(5), identity(6));
    List<Boolean> whileReading = new ArrayList<>();
    FirehoseStream[] stream = new FirehoseStream[1];
    duringAwait =
        () -> {
          whileReading.add(stream[0].isSilent());
          now += Duration.ofSeconds(91).toNanos();
          whileReading.add(stream[0].isSilent());
        };
    try (FirehoseStream events = follow(new Cursor.Live(), OnBadMessage.RECONNECT)) {
      stream[0] = events;
      events.next();
      assertThat(whileReading).containsExactly(false, true);
      assertThat(events.isSilent()).isFalse();
      now += Duration.ofHours(1).toNanos(); // nobody reads
      assertThat(events.isSilent()).isFalse();
      whileReading.clear();
      events.next();
      assertThat(whileReading).containsExactly(false, true);
    }
  }

  @Test
  void close_endsAReaderThatWaits() throws Exception {
    connection();
    FirehoseStream events = follow(new Cursor.Live(), OnBadMessage.RECONNECT);
    Thread closer =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    idle.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  events.close();
                });
    assertThatThrownBy(events::next).isInstanceOf(InterruptedException.class);
    closer.join();
  }

  // Damage: one answer of a server silences it for years, or ends the follower by an overflow.
  @Test
  void next_waitsAtMostAnHourForAServer() throws Exception { // SC-49
    CountDownLatch waits = new CountDownLatch(1);
    List<Duration> told = new CopyOnWriteArrayList<>();
    FrameTransport busy =
        address -> {
          throw new HandshakeException(429, Duration.ofSeconds(Long.MAX_VALUE), "busy");
        };
    FirehoseStream events =
        FirehoseClient.over(busy, ADDRESS, ReconnectPolicy.defaults(), () -> 0)
            .observedBy(
                new FirehoseObserver() {
                  @Override
                  public void disconnected(String reason, Duration wait) {
                    told.add(wait);
                    waits.countDown();
                  }
                })
            .follow(new Cursor.Live());
    Thread closer =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    waits.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  events.close();
                });
    assertThatThrownBy(events::next).isInstanceOf(InterruptedException.class);
    closer.join();
    assertThat(told).containsExactly(Duration.ofHours(1));
  }

  // Damage: after many failures the doubled wait overflows to one that is short.
  @Test
  void reconnectPolicy_staysAtItsLimit() {
    Duration first = Duration.ofNanos((1L << 34) + 1);
    ReconnectPolicy policy = new ReconnectPolicy(first, Duration.ofHours(1));
    Random random = new Random(3);
    for (int failures = 9; failures < 100; failures++) {
      assertThat(policy.waitAfter(failures, random))
          .isBetween(Duration.ofMinutes(30), Duration.ofHours(1));
    }
  }

  @Test
  void reconnectPolicy_doublesUpToItsLimit() {
    ReconnectPolicy policy = ReconnectPolicy.defaults();
    Random random = new Random(2);
    for (int failures = 1; failures < 200; failures++) {
      long limit = failures > 6 ? 64 : 1L << (failures - 1);
      assertThat(policy.waitAfter(failures, random))
          .isBetween(Duration.ofMillis(limit * 500), Duration.ofSeconds(limit));
    }
  }
}
