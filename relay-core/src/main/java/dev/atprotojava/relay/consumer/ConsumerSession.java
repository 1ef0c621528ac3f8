// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.consumer;

import dev.atprotojava.relay.log.LogView;
import dev.atprotojava.sync.client.NanoClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Stage 11: one consumer. A state machine on its I/O thread that writes what the log has for it, as
 * fast as the socket takes it.
 *
 * <p>It is ended for being slow only if it is behind and takes less than {@value #MIN_BYTES} bytes
 * in a minute, or if its next event is not kept any more; never for being far behind alone
 * (invariant 7). Any byte, either way, is a sign of life; silence is answered with a ping, and with
 * an end only when nothing comes of that. An end is told, after the message that is being written,
 * if that is possible within five seconds.
 *
 * <p>Replay passes into live without a gap or a repeat (RL-13), and one that takes too little is
 * told so and ended, at nobody else's cost (RL-15).
 */
public final class ConsumerSession {
  static final int MIN_BYTES = 64_000;
  private static final int MAX_FRAMES = 128;
  private static final long MAX_BYTES = 512 << 10;
  private static final int MAX_ROUNDS = 4;
  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
  private static final long PING_AFTER = TimeUnit.SECONDS.toNanos(30);
  private static final long SILENT_AFTER = TimeUnit.SECONDS.toNanos(75);
  private static final long TELL_WITHIN = TimeUnit.SECONDS.toNanos(5);
  private static final int POLICY_VIOLATION = 1008;
  private static final int GOING_AWAY = 1001;
  private static final int MAX_CONTROLS = 16;

  /** Told when a session is over. */
  interface Listener {
    void ended(ConsumerSession session, EndReason reason);
  }

  private final long id;
  private final ConsumerSink sink;
  private final ConsumerLoop loop;
  private final LogView view;
  private final NanoClock clock;
  private final Listener listener;
  private final ClientFrames client = new ClientFrames();
  private final ByteBuffer[] buffers = new ByteBuffer[MAX_FRAMES];

  /** What must go out before the next event: the rest of a message, control frames, last words. */
  private final ArrayDeque<ByteBuffer> pending = new ArrayDeque<>();

  private boolean blocked;
  private @Nullable EndReason ending;
  private boolean ended;
  private long endBy;
  private long heardAt;
  private long pingedAt;
  private long minuteStart;
  private long minuteBytes;
  private final AtomicLong frames = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final ConsumerRate rate;
  private volatile long position;

  ConsumerSession(
      long id,
      ConsumerSink sink,
      ConsumerLoop loop,
      LogView view,
      NanoClock clock,
      Listener listener) {
    this.id = id;
    this.sink = sink;
    this.loop = loop;
    this.view = view;
    this.clock = clock;
    this.listener = listener;
    this.heardAt = clock.nanos();
    this.pingedAt = heardAt;
    this.minuteStart = heardAt;
    this.rate = new ConsumerRate(heardAt);
    this.position = view.lastSeq();
  }

  /** The number of the session. */
  public long id() {
    return id;
  }

  /** How many events were written; for any thread. */
  public long frames() {
    return frames.get();
  }

  /** How many bytes were written; for any thread. */
  public long bytes() {
    return bytes.get();
  }

  /** The number of the last event that was written; for any thread. */
  public long position() {
    return position;
  }

  /** How many events a second were written lately; for any thread. */
  public long eventsPerSecond() {
    return rate.perSecond();
  }

  /** The thread that the session lives on. */
  ConsumerLoop loop() {
    return loop;
  }

  /** Sends a frame before the first event. */
  void say(ByteBuffer frame) {
    pending.add(frame);
  }

  /** Writes what there is to write, until the socket takes no more or there is nothing left. */
  void pump() {
    if (ended || blocked) {
      return;
    }
    try {
      for (int round = 0; round < MAX_ROUNDS; round++) {
        if (!writePending()) {
          return;
        }
        if (ending != null) {
          finish(ending);
          return;
        }
        int count = view.collect(buffers, MAX_BYTES);
        if (count == 0) {
          if (!goOn()) {
            return;
          }
          continue;
        }
        writeFrames(count);
        if (blocked) {
          return;
        }
      }
      loop.execute(this::pump); // others want their turn
    } catch (IOException e) {
      finish(EndReason.DISCONNECTED);
    }
  }

  /** True if there may be something to write at once. */
  private boolean goOn() {
    return switch (view.state()) {
      case READY -> true;
      case CAUGHT_UP, LOADING -> false;
      case NEEDS_LOAD -> {
        view.load(loop, this::pump);
        yield false;
      }
      case GONE -> {
        end(EndReason.OUT_OF_WINDOW);
        yield true;
      }
    };
  }

  private void writeFrames(int count) throws IOException {
    long wanted = 0;
    for (int i = 0; i < count; i++) {
      wanted += buffers[i].remaining();
    }
    long written;
    try {
      written = sink.write(buffers, count);
    } catch (IOException e) {
      view.advance(0, false);
      throw e;
    }
    int whole = 0;
    while (whole < count && !buffers[whole].hasRemaining()) {
      whole++;
    }
    boolean part = whole < count && buffers[whole].position() > 0;
    if (part) { // the log must not be held on to until a slow socket takes the rest
      pending.add(ByteBuffer.allocate(buffers[whole].remaining()).put(buffers[whole]).flip());
    }
    view.advance(whole, part);
    count(written);
    frames.lazySet(frames.get() + (part ? whole + 1 : whole));
    position = view.lastSeq();
    if (written < wanted) {
      block();
    }
  }

  /** Writes what must go out first; false if the socket does not take all of it. */
  private boolean writePending() throws IOException {
    while (!pending.isEmpty()) {
      buffers[0] = pending.getFirst();
      long written = sink.write(buffers, 1);
      count(written);
      if (pending.getFirst().hasRemaining()) {
        block();
        return false;
      }
      pending.removeFirst();
    }
    return true;
  }

  private void count(long written) {
    if (written > 0) {
      bytes.lazySet(bytes.get() + written);
      minuteBytes += written;
      heardAt = clock.nanos();
    }
  }

  private void block() {
    blocked = true;
    sink.awaitWritable();
  }

  /** The socket takes more. */
  public void writable() {
    blocked = false;
    pump();
  }

  /** Bytes came from the consumer. */
  public void received(ByteBuffer in) {
    heardAt = clock.nanos();
    boolean valid =
        client.take(
            in,
            new ClientFrames.Listener() {
              @Override
              public void ping(byte[] payload) {
                if (pending.size() < MAX_CONTROLS) {
                  pending.add(StreamFrames.pong(payload));
                }
              }

              @Override
              public void closed() {
                end(EndReason.DISCONNECTED);
              }
            });
    if (!valid) {
      end(EndReason.PROTOCOL_ERROR);
    }
    pump();
  }

  /** The consumer is gone. */
  public void disconnected() {
    finish(EndReason.DISCONNECTED);
  }

  /** A while has passed. */
  void tick() {
    long now = clock.nanos();
    if (ended) {
      return;
    }
    rate.sample(now, frames.get());
    if (ending != null) {
      if (now - endBy >= 0) {
        finish(ending);
      }
      return;
    }
    if (!view.isBehind()) { // the minute begins when it falls behind
      minuteStart = now;
      minuteBytes = 0;
    } else if (now - minuteStart >= MINUTE) {
      if (blocked && view.isBehind() && minuteBytes < MIN_BYTES) {
        end(EndReason.TOO_SLOW);
        pump();
        return;
      }
      minuteStart = now;
      minuteBytes = 0;
    }
    long silent = now - heardAt;
    if (!blocked && silent >= SILENT_AFTER) {
      finish(EndReason.SILENT);
    } else if (!blocked && silent >= PING_AFTER && now - pingedAt >= PING_AFTER) {
      pingedAt = now;
      pending.add(StreamFrames.ping());
      writeQuietly();
    }
  }

  /** Writes a ping, which is no sign of life of the other side. */
  private void writeQuietly() {
    long heard = heardAt;
    pump();
    heardAt = heard;
  }

  /** Ends the session, and tells why if that can be done soon. */
  void end(EndReason reason) {
    if (ending != null || ended) {
      return;
    }
    ending = reason;
    endBy = clock.nanos() + TELL_WITHIN;
    switch (reason) {
      case TOO_SLOW, OUT_OF_WINDOW -> {
        pending.add(StreamFrames.error("ConsumerTooSlow", "reconnect with your last seq"));
        pending.add(StreamFrames.close(POLICY_VIOLATION, "ConsumerTooSlow"));
      }
      case FUTURE_CURSOR -> {
        pending.add(StreamFrames.error("FutureCursor", "the cursor is in the future"));
        pending.add(StreamFrames.close(POLICY_VIOLATION, "FutureCursor"));
      }
      case KICKED ->
          pending.add(StreamFrames.close(POLICY_VIOLATION, "disconnected by the operator"));
      case SHUTDOWN -> pending.add(StreamFrames.close(GOING_AWAY, ""));
      case PROTOCOL_ERROR -> pending.add(StreamFrames.close(1002, ""));
      case DISCONNECTED, SILENT -> pending.add(StreamFrames.close(1000, ""));
    }
  }

  private void finish(EndReason reason) {
    if (!ended) {
      ended = true;
      view.close();
      sink.close();
      listener.ended(this, reason);
    }
  }

  /** How many events it has still to get. */
  public boolean isBehind() {
    return view.isBehind();
  }
}
