// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import dev.atprotojava.sync.Cursor;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One subscriber's way through the log of a {@link SimulatedPds}: a position, no queue. It says
 * what a host says about a cursor (SC-41): {@code FutureCursor} and the end, {@code OutdatedCursor}
 * and then all there is, or nothing and then what follows the cursor. A reader that the log has
 * left behind is told {@code ConsumerTooSlow} and ended.
 *
 * <p>Belongs to one thread.
 */
public final class PdsStream implements AutoCloseable {
  private final SimulatedPds host;
  private final Runnable onClose;
  private final Deque<StreamMessage> notices = new ArrayDeque<>();
  private long position;
  private boolean ended;

  PdsStream(SimulatedPds host, Cursor cursor, boolean inclusive, Runnable onClose) {
    this.host = host;
    this.onClose = onClose;
    long oldest = host.firstSeq() - 1;
    switch (cursor) {
      case Cursor.Live _ -> position = host.lastSeq();
      case Cursor.Oldest _ -> position = oldest;
      case Cursor.After after when after.seq() > host.lastSeq() ->
          end("FutureCursor", "the cursor is ahead of the stream");
      case Cursor.After after when after.seq() < oldest -> {
        position = oldest;
        FrameBody.Info info = new FrameBody.Info("OutdatedCursor", "the oldest event is newer");
        notices.add(StreamMessage.notice(FrameEncoder.encode(info)));
      }
      case Cursor.After after -> position = Math.max(oldest, after.seq() - (inclusive ? 1 : 0));
    }
  }

  private void end(String error, String message) {
    ended = true;
    notices.add(StreamMessage.notice(FrameEncoder.encode(new FrameBody.Error(error, message))));
  }

  /** The next message, or null if there is none now or, when {@link #ended}, none to come. */
  public @Nullable StreamMessage next() {
    StreamMessage notice = notices.poll();
    if (notice != null || ended) {
      return notice;
    }
    StreamMessage message = host.find(position + 1);
    if (message == null && position < host.firstSeq() - 1) {
      end("ConsumerTooSlow", "the log has moved on");
      return notices.poll();
    }
    if (message != null) {
      position++;
    }
    return message;
  }

  /** Whether the host has said its last word and closes when it is sent. */
  public boolean ended() {
    return ended && notices.isEmpty();
  }

  /** Stops waking whoever subscribed. */
  @Override
  public void close() {
    onClose.run();
  }
}
