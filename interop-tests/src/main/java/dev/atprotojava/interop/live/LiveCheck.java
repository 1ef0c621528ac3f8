// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.live;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.interop.report.Report;
import dev.atprotojava.sync.RepoEvent.Sequenced;
import dev.atprotojava.sync.client.FrameConnection;
import dev.atprotojava.sync.client.NanoClock;
import dev.atprotojava.sync.client.WebSocketTransport;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream for a while. The form of messages is judged as they come; what is about an account
 * goes to one of {@value #LANES} lanes, so that many identities are asked for at once and the
 * events of an account stay in order. Lanes that are full stop the reading (SC-49).
 */
public final class LiveCheck {
  private static final String METHOD = "/xrpc/com.atproto.sync.subscribeRepos";
  private static final String USER_AGENT = "atproto-java-interop";
  private static final int LANES = 32;
  private static final int LANE_EVENTS = 64;
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration DRAIN = Duration.ofSeconds(30);

  private final Settings settings;
  private final Tally tally = new Tally();
  private final StreamJudge stream;
  private final NanoClock clock = NanoClock.system();
  private final long endNanos;
  private final List<Lane> lanes = new ArrayList<>();
  private volatile @Nullable FrameConnection open;
  private volatile boolean ended;

  /**
   * What to look at.
   *
   * @param server its address, {@code wss} or {@code ws}
   * @param time for how long
   * @param cursor behind which seq to begin; null for now
   * @param plc the address of the PLC directory
   * @param pds whether the accounts must name this host as theirs
   * @param dev whether addresses may be of any kind
   */
  public record Settings(
      URI server, Duration time, @Nullable Long cursor, String plc, boolean pds, boolean dev) {}

  private LiveCheck(Settings settings) {
    this.settings = settings;
    Long cursor = settings.cursor();
    this.stream = new StreamJudge(tally, cursor == null ? 0 : cursor);
    this.endNanos = clock.nanos() + settings.time().toNanos();
  }

  /**
   * Looks, and reports.
   *
   * @throws IOException if the server cannot be reached at all
   */
  public static Report run(Settings settings) throws IOException, InterruptedException {
    return new LiveCheck(settings).run();
  }

  private Report run() throws IOException, InterruptedException {
    AddressPolicy policy = settings.dev() ? AddressPolicy.dev() : AddressPolicy.publicOnly();
    OkHttpClient http =
        policy
            .applyTo(new OkHttpClient.Builder())
            .connectTimeout(Duration.ofSeconds(5))
            .readTimeout(Duration.ofSeconds(10))
            .build();
    WebSocketTransport transport =
        new WebSocketTransport(http, USER_AGENT, clock, new SecureRandom());
    int connections = 0;
    try (NetworkIdentities identities =
        new NetworkIdentities(settings.plc(), policy, USER_AGENT, InstantSource.system())) {
      startLanes(identities);
      Thread bell = Thread.ofVirtual().name("end").start(this::endInTime);
      while (!ended) {
        try (FrameConnection connection = transport.connect(address(connections > 0))) {
          connections++;
          open = connection;
          read(connection);
        } catch (IOException e) {
          if (connections == 0) {
            bell.interrupt();
            throw new IOException("cannot follow " + settings.server() + ": " + e.getMessage(), e);
          }
          if (!ended) {
            tally.seen("connection lost: " + e.getMessage());
            stream.resumed();
            Thread.sleep(PAUSE);
          }
        }
      }
      bell.join();
      drain();
    } finally {
      http.connectionPool().evictAll();
      http.dispatcher().executorService().shutdown();
    }
    String time = settings.time().toSeconds() + " s";
    Report report =
        new Report("firehose of " + settings.server() + ", " + time, tally.rows(), tally.remarks());
    if (tally.checked(LiveRule.SEQ_RISES) == 0
        && report.passed()) { // which is no reason to say that all is well
      throw new IOException(
          "no event came from "
              + settings.server()
              + " in "
              + time
              + (report.remarks().isEmpty() ? "" : ": " + String.join("; ", report.remarks())));
    }
    return report;
  }

  private URI address(boolean again) {
    URI method = settings.server().resolve(METHOD);
    long from = stream.lastSeq();
    Long cursor = settings.cursor();
    if (again && from > 0) {
      return URI.create(method + "?cursor=" + from);
    }
    return cursor == null ? method : URI.create(method + "?cursor=" + cursor);
  }

  private void endInTime() {
    try {
      TimeUnit.NANOSECONDS.sleep(endNanos - clock.nanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    ended = true;
    FrameConnection connection = open;
    if (connection != null) {
      connection.abort();
    }
  }

  private void read(FrameConnection connection) throws IOException, InterruptedException {
    while (!ended) {
      switch (connection.await()) {
        case BINARY -> take(connection.read());
        case TEXT -> {
          connection.discard();
          stream.passedOver(LiveRule.BINARY, "a text message");
        }
        case OVERSIZED -> {
          connection.discard();
          stream.passedOver(LiveRule.MESSAGE_SIZE, "a longer message");
        }
        case CLOSED -> throw new IOException("the host closed: " + connection.closeReason());
      }
    }
  }

  private void take(@Nullable Bytes message) throws InterruptedException {
    if (message == null) {
      stream.passedOver(LiveRule.MESSAGE_SIZE, "a longer message, in pieces");
      return;
    }
    Sequenced event = stream.judge(message);
    if (event != null) {
      lanes.get(Math.floorMod(event.did().hashCode(), LANES)).queue.put(event);
    }
  }

  private void startLanes(Identities identities) {
    URI server = settings.server();
    String authority =
        server.getPort() < 0 ? server.getHost() : server.getHost() + ":" + server.getPort();
    SplittableRandom random = new SplittableRandom(new SecureRandom().nextLong());
    for (int i = 0; i < LANES; i++) {
      AccountJudge judge =
          new AccountJudge(
              identities,
              tally,
              InstantSource.system(),
              settings.pds() ? authority : null,
              random.split());
      Lane lane = new Lane(judge);
      lane.thread = Thread.ofVirtual().name("lane-" + i).start(lane::run);
      lanes.add(lane);
    }
  }

  /** Lets the lanes finish what they have. */
  private void drain() throws InterruptedException {
    long limit = clock.nanos() + DRAIN.toNanos();
    lanes.forEach(lane -> lane.last = true);
    int left = 0;
    for (Lane lane : lanes) {
      Thread thread = lane.thread;
      if (thread != null && !thread.join(Duration.ofNanos(Math.max(1, limit - clock.nanos())))) {
        left += lane.queue.size();
        thread.interrupt();
      }
      if (lane.fault != null) {
        throw new IllegalStateException("a judge failed", lane.fault);
      }
    }
    if (left > 0) {
      tally.seen("time that was too short: " + left + " events were not judged");
    }
  }

  /** The events of some accounts, judged one after the other. */
  private static final class Lane {
    final BlockingQueue<Sequenced> queue = new ArrayBlockingQueue<>(LANE_EVENTS);
    final AccountJudge judge;
    volatile boolean last;
    volatile @Nullable RuntimeException fault;
    @Nullable Thread thread;

    Lane(AccountJudge judge) {
      this.judge = judge;
    }

    void run() {
      try {
        while (true) {
          Sequenced event = queue.poll(100, TimeUnit.MILLISECONDS);
          if (event != null) {
            judge(event);
          } else if (last) {
            return;
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /** A fault of ours must not stop the reading, which waits for room; it is told at the end. */
    private void judge(Sequenced event) {
      if (fault != null) {
        return;
      }
      try {
        judge.judge(event);
      } catch (RuntimeException e) {
        fault = e;
      }
    }
  }
}
