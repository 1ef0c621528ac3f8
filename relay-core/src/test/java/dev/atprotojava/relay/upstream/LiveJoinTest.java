// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.relay.DropReason;
import dev.atprotojava.relay.TestAccount;
import dev.atprotojava.relay.store.HostRow;
import dev.atprotojava.sync.HostStatus;
import dev.atprotojava.sync.client.FrameConnection;
import dev.atprotojava.sync.client.NanoClock;
import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Design section 7, "Start": a host that is joined in mid-stream. Damage: it is asked for all that
 * it ever said; or a crash in the moment of the first event has it joined behind that event.
 */
@Timeout(60)
class LiveJoinTest {
  private static final long POSITION = 4_711;

  private final List<String> story = Collections.synchronizedList(new ArrayList<>());
  private final Deque<List<Bytes>> connections = new ArrayDeque<>();
  private boolean stopping;

  private final TestAccount alice = new TestAccount(1);

  /** Says its messages, and closes. */
  private static final class Scripted implements FrameConnection {
    private final Deque<Bytes> messages;

    Scripted(List<Bytes> messages) {
      this.messages = new ArrayDeque<>(messages);
    }

    @Override
    public Optional<String> server() {
      return Optional.empty();
    }

    @Override
    public Arrival await() {
      return messages.isEmpty() ? Arrival.CLOSED : Arrival.BINARY;
    }

    @Override
    public int announcedBytes() {
      return messages.getFirst().length();
    }

    @Override
    public Bytes read() {
      return messages.removeFirst();
    }

    @Override
    public void discard() {}

    @Override
    public String closeReason() {
      return "closed";
    }

    @Override
    public long heardNanos() {
      return 0;
    }

    @Override
    public void ping() {}

    @Override
    public void abort() {}

    @Override
    public void close() {}
  }

  private final class Story implements HostThread.Surroundings {
    @Override
    public long nextLogSeq() {
      return POSITION;
    }

    @Override
    public void newEpoch(HostLink host, int epoch) {
      story.add("epoch " + epoch);
    }

    @Override
    public boolean joined(HostLink host, long cursor, long gap) {
      story.add("joined behind " + cursor + ", gap " + gap);
      return !stopping;
    }

    @Override
    public void statusChanged(HostLink host, HostStatus status, String reason) {}

    @Override
    public void failed(Throwable cause) {
      story.add("failed " + cause);
    }

    @Override
    public boolean isRelay(String server) {
      return false;
    }
  }

  /** Runs a host until its connections are used up; its thread. */
  private HostThread run(long cursor) throws InterruptedException {
    HostThread.Shared shared =
        new HostThread.Shared(
            new ByteLedger(1 << 20, 1 << 20),
            stream -> {
              if (connections.isEmpty()) {
                throw new IOException("nobody is there");
              }
              story.add("dial " + stream.getQuery());
              return new Scripted(connections.removeFirst());
            },
            event -> {
              story.add("lane " + event.event().seq());
              event.dropped(DropReason.UNKNOWN_ACCOUNT);
            },
            TestAccount.HASH_KEY,
            InstantSource.fixed(TestAccount.NOW),
            NanoClock.system(),
            new SplittableRandom(1),
            new Story(),
            reason -> {});
    HostThread host =
        new HostThread(
            new HostThread.Beginning(
                1,
                "pds.example.com",
                URI.create("wss://pds.example.com/xrpc/com.atproto.sync.subscribeRepos"),
                HostStatus.ACTIVE,
                "",
                TestAccount.NOW,
                false,
                0,
                cursor,
                0,
                false,
                HostRates.TRUSTED,
                false,
                null),
            new long[0],
            0,
            shared);
    host.start();
    return host;
  }

  private void await(int lines) {
    while (story.size() < lines) {
      Thread.onSpinWait();
    }
  }

  @Test
  void join_isDurableBeforeTheFirstFrameEntersALane() throws Exception {
    connections.add(List.of(alice.identity(900), alice.identity(905)));
    connections.add(List.of(alice.identity(906)));
    HostThread host = run(HostRow.LIVE);
    await(6);
    host.stop(java.time.Duration.ofSeconds(5));

    assertThat(story)
        .containsExactly(
            "dial null",
            "joined behind 899, gap " + POSITION,
            "lane 900",
            "lane 905",
            "dial cursor=905",
            "lane 906");
    assertThat(host.gap()).isEqualTo(POSITION);
    assertThat(host.durableSeq()).isEqualTo(906);
  }

  // It has said nothing yet, so there is nothing to go on from.
  @Test
  void join_isStillToComeWhenTheFirstConnectionBroughtNothing() throws Exception {
    connections.add(List.of());
    connections.add(List.of(alice.identity(1)));
    HostThread host = run(HostRow.LIVE);
    await(4);
    host.stop(java.time.Duration.ofSeconds(5));

    assertThat(story)
        .containsExactly("dial null", "dial null", "joined behind 0, gap " + POSITION, "lane 1");
  }

  // What could not be made durable must not be emitted: nobody would know where it began.
  @Test
  void join_thatIsNotDurableLetsNothingPass() throws Exception {
    stopping = true;
    connections.add(List.of(alice.identity(900), alice.identity(901)));
    HostThread host = run(HostRow.LIVE);
    await(2);
    host.stop(java.time.Duration.ofSeconds(5));

    assertThat(story).containsExactly("dial null", "joined behind 899, gap " + POSITION);
  }

  // Requested crawls begin with all that the host has.
  @Test
  void start_atCursorZeroAsksForEverything() throws Exception {
    connections.add(List.of(alice.identity(900)));
    HostThread host = run(0);
    await(2);
    host.stop(java.time.Duration.ofSeconds(5));

    assertThat(story).containsExactly("dial cursor=0", "lane 900");
  }
}
