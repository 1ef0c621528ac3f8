// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.sync.Cursor;
import dev.atprotojava.sync.Frame;
import dev.atprotojava.sync.FrameCodec;
import dev.atprotojava.sync.FrameException;
import dev.atprotojava.sync.RepoEvent;
import dev.atprotojava.sync.client.FirehoseClient.OnBadMessage;
import dev.atprotojava.sync.client.FirehoseClient.OnFutureCursor;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One following of a stream: events in the order of their numbers, none of them twice.
 *
 * <p>{@link #next} blocks. While nobody calls it the server is slowed down, not buffered: a reader
 * that is too slow for too long is dropped by the server and goes on where it was. Belongs to one
 * thread; {@link #close} may be called by any, and ends a {@link #next} that waits.
 */
public final class FirehoseStream implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FirehoseStream.class);
  private static final Duration PING_EVERY = Duration.ofSeconds(30);
  private static final long DEAD_NANOS = TimeUnit.SECONDS.toNanos(90);

  private final URI stream;
  private final FrameTransport transport;
  private final ReconnectPolicy reconnect;
  private final OnBadMessage onBadMessage;
  private final NanoClock clock;
  private final RandomGenerator random;
  private final OnFutureCursor onFutureCursor;
  private final FirehoseObserver observer;
  private final FrameCodec codec = new FrameCodec();

  private Cursor cursor;
  private long lastSeq;
  private int failures;
  private long badMessages;
  private long gaps;
  private long regressions;
  private int regressionsHere; // on this connection
  private volatile @Nullable FrameConnection open;
  private volatile boolean closed;
  private volatile @Nullable Thread waiting;
  private volatile long readingSinceNanos;
  private volatile boolean reading;

  FirehoseStream(
      URI stream,
      FrameTransport transport,
      ReconnectPolicy reconnect,
      OnBadMessage onBadMessage,
      NanoClock clock,
      RandomGenerator random,
      OnFutureCursor onFutureCursor,
      FirehoseObserver observer,
      Cursor cursor) {
    this.stream = stream;
    this.transport = transport;
    this.reconnect = reconnect;
    this.onBadMessage = onBadMessage;
    this.clock = clock;
    this.random = random;
    this.onFutureCursor = onFutureCursor;
    this.observer = observer;
    this.cursor = cursor;
    this.lastSeq = cursor instanceof Cursor.After after ? after.seq() : 0;
  }

  /**
   * The next event, {@code #info} included; waits for it, and connects as often as that takes.
   *
   * @throws FirehoseException if the stream cannot go on without a decision
   * @throws InterruptedException if the thread is interrupted or the stream closed
   */
  public RepoEvent next() throws InterruptedException {
    waiting = Thread.currentThread();
    try {
      while (true) {
        if (closed || Thread.interrupted()) {
          throw new InterruptedException("the stream is closed");
        }
        FrameConnection connection = open;
        RepoEvent event = connection == null ? connect() : read(connection);
        if (event != null) {
          return event;
        }
      }
    } finally {
      waiting = null;
    }
  }

  /** Where to go on another time: after the last event that {@link #next} returned. */
  public Cursor cursor() {
    return cursor;
  }

  /** How many messages were none. */
  public long badMessages() {
    return badMessages;
  }

  /** How many messages came with a number that was not above the one before (SC-43). */
  public long regressions() {
    return regressions;
  }

  /**
   * How often the server no longer had what comes after the cursor (SC-46). Events were missed
   * then; numbers that leave some out are normal, and no sign of it (SC-40).
   */
  public long gaps() {
    return gaps;
  }

  /** Opens a connection, or waits after a failure; there is no event yet. */
  private @Nullable RepoEvent connect() throws InterruptedException {
    try {
      FrameConnection opened = transport.connect(address());
      open = opened;
      regressionsHere = 0;
      observer.connected(cursor);
      if (closed) {
        opened.abort();
      }
      Thread.ofVirtual().name("firehose-ping").start(() -> keepAlive(opened));
    } catch (HandshakeException e) {
      if (e.status() == 404 || e.status() == 405 || e.status() == 501) {
        throw new FirehoseException(
            FirehoseException.Reason.NO_STREAM, "the server answers " + e.status());
      }
      Duration asked = e.retryAfter().orElse(Duration.ZERO);
      backOff(e, asked);
    } catch (IOException e) {
      backOff(e, Duration.ZERO);
    }
    return null;
  }

  private URI address() {
    return switch (cursor) {
      case Cursor.Live live -> stream;
      case Cursor.Oldest oldest -> URI.create(stream + "?cursor=0");
      case Cursor.After after -> URI.create(stream + "?cursor=" + after.seq());
    };
  }

  private void backOff(IOException failure, Duration atLeast) throws InterruptedException {
    failures++;
    Duration wait = reconnect.waitAfter(failures, random);
    if (wait.compareTo(atLeast) < 0) {
      wait = atLeast;
    }
    if (Thread.currentThread().isInterrupted()) { // it is being closed, which is no failure
      throw new InterruptedException();
    }
    LOG.info("stream={} failed: {}; again in {}", stream, failure.getMessage(), wait);
    observer.disconnected(String.valueOf(failure.getMessage()), wait);
    Thread.sleep(wait);
  }

  private @Nullable RepoEvent read(FrameConnection connection) throws InterruptedException {
    readingSinceNanos = clock.nanos();
    reading = true;
    try {
      return switch (connection.await()) {
        case BINARY -> handle(connection.read());
        case TEXT, OVERSIZED -> {
          connection.discard();
          yield bad("a text message, or one that is too long");
        }
        case CLOSED -> throw new IOException(connection.closeReason());
      };
    } catch (IOException e) {
      drop();
      reading = false;
      if (!closed) {
        backOff(e, Duration.ZERO);
      }
      return null;
    } finally {
      reading = false;
    }
  }

  private @Nullable RepoEvent handle(@Nullable Bytes message) throws IOException {
    if (message == null) {
      return bad("a message that is too long");
    }
    Frame frame;
    try {
      frame = codec.decode(message);
    } catch (FrameException e) {
      return bad(e.fault().toString());
    }
    return switch (frame) {
      case Frame.Message event -> event(event.event());
      case Frame.Invalid invalid -> {
        pass(invalid.seq());
        yield bad(invalid.fault().toString());
      }
      case Frame.Unknown unknown -> {
        if (unknown.seq().isPresent()) {
          pass(unknown.seq().getAsLong());
        }
        yield null;
      }
      case Frame.Error error -> {
        if (error.error().equals("FutureCursor")) {
          futureCursor();
        }
        throw new IOException("the server says " + error.error());
      }
    };
  }

  /** SC-45: goes on where it was told to, with the next connection, or not at all. */
  private void futureCursor() {
    long ahead = lastSeq;
    lastSeq = 0;
    switch (onFutureCursor) {
      case HALT -> {
        lastSeq = ahead;
        drop();
        throw new FirehoseException(
            FirehoseException.Reason.FUTURE_CURSOR,
            "the server says that the cursor " + ahead + " is in its future");
      }
      case LIVE -> cursor = new Cursor.Live();
      case OLDEST -> cursor = new Cursor.Oldest();
    }
  }

  private @Nullable RepoEvent event(RepoEvent event) throws IOException {
    return switch (event) {
      case RepoEvent.InfoEvent info -> {
        if (info.name().equals("OutdatedCursor")) {
          gaps++;
          observer.outdatedCursor(cursor);
        }
        yield info;
      }
      case RepoEvent.Sequenced sequenced -> pass(sequenced.seq()) ? sequenced : null;
    };
  }

  /**
   * Moves the cursor; false if it is there already. A server may send the event it names (SC-42).
   */
  private boolean pass(long seq) throws IOException {
    if (seq <= lastSeq) {
      if (seq < lastSeq) {
        regressions++;
        regressionsHere++;
        observer.seqRegressed(seq, lastSeq);
        if (regressionsHere > 1) { // SC-43
          throw new IOException("numbers that go back");
        }
      }
      return false;
    }
    failures = 0;
    lastSeq = seq;
    cursor = new Cursor.After(seq);
    return true;
  }

  private @Nullable RepoEvent bad(String what) throws IOException {
    badMessages++;
    observer.badMessage(what);
    return switch (onBadMessage) {
      case SKIP -> null;
      case RECONNECT -> throw new IOException("bad message: " + what);
    };
  }

  /**
   * Whether the server has said nothing for too long while somebody read: what it says while nobody
   * does waits in the socket, pongs included, and is no silence of its own.
   */
  boolean isSilent() {
    FrameConnection connection = open;
    if (connection == null || !reading) {
      return false;
    }
    long now = clock.nanos();
    long heardAgo = now - connection.heardNanos();
    return Math.min(heardAgo, now - readingSinceNanos) > DEAD_NANOS;
  }

  private void keepAlive(FrameConnection connection) {
    try {
      while (open == connection && !closed) {
        Thread.sleep(PING_EVERY);
        if (isSilent()) {
          connection.abort();
          return;
        }
        connection.ping();
      }
    } catch (IOException e) {
      connection.abort();
    } catch (InterruptedException e) {
      LOG.debug("stream={} is not pinged any more", stream);
    }
  }

  private void drop() {
    FrameConnection connection = open;
    open = null;
    if (connection != null) {
      connection.close();
    }
  }

  @Override
  public void close() {
    closed = true;
    FrameConnection connection = open;
    if (connection != null) {
      connection.abort();
    }
    Thread reader = waiting;
    if (reader != null && reader != Thread.currentThread()) {
      reader.interrupt();
    } else {
      drop(); // else the reader does
    }
  }
}
