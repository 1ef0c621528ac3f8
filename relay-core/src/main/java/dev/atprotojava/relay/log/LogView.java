// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A reader's place in the log, in memory or in the files, and the frames behind it.
 *
 * <p>{@link #collect} gives the next frames as buffers to write; {@link #advance} says how much of
 * them was written. Only between the two is anything of the log held on to, so a reader that stops
 * in the middle holds up nothing. What is hidden or erased is passed over like what was never
 * there: its number is read, its frame is not given out. When {@link #collect} gives nothing,
 * {@link #state} says why: the reader has caught up, waits for a file to be read ({@link #load}),
 * or has lost its place.
 *
 * <p>Owned by one thread at a time.
 */
public final class LogView {
  /** Why there are no frames. */
  public enum State {
    /** There may be some; ask. */
    READY,
    /** Everything was read; more will come. */
    CAUGHT_UP,
    /** The next frames must be read from a file first. */
    NEEDS_LOAD,
    /** A file is being read. */
    LOADING,
    /** The place is not in the window any more. */
    GONE,
  }

  private final LiveTail tail;
  private final ColdReader files;
  private final HiddenAccounts hidden;
  private long lastSeq;
  private State state = State.READY;

  // In memory: the slab and how far it was read.
  private long slabNumber;
  private int slabOffset;

  // In the files: the chunk and the next record of it; null while reading from memory.
  private @Nullable Chunk chunk;
  private int chunkIndex;
  private boolean fromFiles;
  private @Nullable LogPosition nextChunk;

  // What collect() gave out: from the slab it holds, or from the chunk.
  private @Nullable Slab held;
  private int heldFrames;
  private final long[] heldSeqs;
  private final int[] heldEnds;

  /**
   * A view that begins after an event.
   *
   * @param maxFrames how many frames are given out at once
   */
  public LogView(LiveTail tail, ColdReader files, long afterSeq, int maxFrames) {
    this.tail = tail;
    this.files = files;
    this.hidden = files.hidden();
    this.lastSeq = afterSeq;
    this.heldSeqs = new long[maxFrames];
    this.heldEnds = new int[maxFrames];
    if (tail.covers(afterSeq)) {
      slabNumber = tail.numberAfter(afterSeq);
    } else {
      fromFiles = true;
      state = State.NEEDS_LOAD;
    }
  }

  /** The number of the last event that was wholly read. */
  public long lastSeq() {
    return lastSeq;
  }

  /** Why {@link #collect} gave nothing. */
  public State state() {
    return state;
  }

  /** True while the frames come from the files. */
  public boolean isReplaying() {
    return fromFiles;
  }

  /** True if there is something that was not read yet. */
  public boolean isBehind() {
    return tail.lastSeq() > lastSeq;
  }

  /**
   * Puts the next frames, each with its WebSocket header, into {@code out} and returns how many.
   * {@link #advance} must follow.
   *
   * @param maxBytes stop when so many bytes are reached
   */
  public int collect(ByteBuffer[] out, long maxBytes) {
    heldFrames = 0;
    if (state == State.LOADING || state == State.NEEDS_LOAD || state == State.GONE) {
      return 0;
    }
    state = State.READY;
    if (fromFiles) {
      collectFromChunk(out, maxBytes);
    } else {
      collectFromTail(out, maxBytes);
    }
    return heldFrames;
  }

  private void collectFromTail(ByteBuffer[] out, long maxBytes) {
    for (int attempts = 0; attempts < 3; attempts++) {
      Slab slab = tail.acquire(slabNumber);
      if (slab == null) {
        if (!findSlab()) {
          return;
        }
        continue;
      }
      int end = slab.end();
      slabOffset = skipRead(slab.memory, slabOffset, end);
      if (slabOffset < end) {
        gather(slab.memory, slabOffset, end, out, maxBytes);
        if (heldFrames > 0) {
          held = slab;
          return;
        }
        tail.release(slab); // all of it is hidden
        continue;
      }
      // Everything in a slab is published before there is a next one, so look in this order.
      boolean hasNext = tail.newestNumber() > slabNumber;
      boolean grew = slab.end() > end;
      tail.release(slab);
      if (grew) {
        continue;
      }
      if (!hasNext) {
        state = State.CAUGHT_UP;
        return;
      }
      slabNumber++;
      slabOffset = 0;
    }
  }

  /** Looks for the slab of the next event; false if there is none to read now. */
  private boolean findSlab() {
    slabOffset = 0;
    slabNumber = tail.numberAfter(lastSeq);
    if (!tail.covers(lastSeq)) {
      fromFiles = true;
      state = State.NEEDS_LOAD;
      return false;
    }
    if (slabNumber == 0) {
      state = State.CAUGHT_UP;
      return false;
    }
    return true;
  }

  private int skipRead(ByteBuffer memory, int from, int end) {
    int at = from;
    while (at < end && RecordLayout.seqAt(memory, at) <= lastSeq) {
      at += RecordLayout.sizeAt(memory, at);
    }
    return at;
  }

  private void gather(ByteBuffer memory, int from, int end, ByteBuffer[] out, long maxBytes) {
    long bytes = 0;
    for (int at = from; at < end && heldFrames < heldSeqs.length && bytes < maxBytes; ) {
      int behind = at + RecordLayout.sizeAt(memory, at);
      if (hidden.covers(memory, at)) {
        pass(RecordLayout.seqAt(memory, at), behind);
      } else {
        bytes += give(memory, at, behind, out);
      }
      at = behind;
    }
  }

  /** Gives out the frame of the record at {@code at}; the place behind it is {@code behind}. */
  private int give(ByteBuffer memory, int at, int behind, ByteBuffer[] out) {
    int length = RecordLayout.payloadLengthAt(memory, at);
    out[heldFrames] = memory.slice(at + RecordLayout.PAYLOAD, length);
    heldSeqs[heldFrames] = RecordLayout.seqAt(memory, at);
    heldEnds[heldFrames++] = behind;
    return length;
  }

  /** Passes over a record: together with the one before it, or at once if there is none. */
  private void pass(long seq, int behind) {
    if (heldFrames > 0) {
      heldSeqs[heldFrames - 1] = seq;
      heldEnds[heldFrames - 1] = behind;
    } else {
      readTo(seq, behind);
    }
  }

  private void readTo(long seq, int behind) {
    lastSeq = seq;
    if (fromFiles) {
      chunkIndex = behind;
    } else {
      slabOffset = behind;
    }
  }

  private void collectFromChunk(ByteBuffer[] out, long maxBytes) {
    Chunk now = chunk;
    if (now == null) {
      state = State.NEEDS_LOAD;
      return;
    }
    long bytes = 0;
    for (int i = chunkIndex;
        i < now.count && heldFrames < heldSeqs.length && bytes < maxBytes;
        i++) {
      int at = now.offsets[i];
      if (hidden.covers(now.memory, at)) {
        pass(RecordLayout.seqAt(now.memory, at), i + 1);
      } else {
        bytes += give(now.memory, at, i + 1, out);
      }
    }
    if (heldFrames == 0) {
      leaveChunk(now);
    }
  }

  /** Goes on behind a chunk: from memory if that has the rest, else with the next chunk. */
  private void leaveChunk(Chunk done) {
    nextChunk = done.next;
    releaseChunk();
    if (tail.covers(lastSeq)) {
      fromFiles = false;
      slabOffset = 0;
      slabNumber = tail.numberAfter(lastSeq);
      state = State.READY;
    } else {
      state = State.NEEDS_LOAD;
    }
  }

  /**
   * Says how much was written of what {@link #collect} gave: so many frames wholly, and the next
   * one in part if {@code part} is not null; the rest of that one the caller has copied and will
   * write.
   */
  public void advance(int frames, boolean part) {
    int whole = part ? frames + 1 : frames;
    if (whole > 0) {
      readTo(heldSeqs[whole - 1], heldEnds[whole - 1]);
    }
    Slab slab = held;
    held = null;
    heldFrames = 0;
    if (slab != null) {
      tail.release(slab);
    }
  }

  /**
   * Has the next frames read from a file, when {@link #state} says that it is needed.
   *
   * @param thread where the view goes on
   * @param whenDone called there; {@link #state} then says what became of it
   */
  public void load(Executor thread, Runnable whenDone) {
    state = State.LOADING;
    LogPosition position = nextChunk;
    CompletableFuture<ColdReader.Result> reading =
        position == null ? files.after(lastSeq) : files.at(position);
    var _ =
        reading.whenComplete(
            (result, failure) ->
                thread.execute(
                    () -> {
                      loaded(failure == null ? result : new ColdReader.Result.Gone());
                      whenDone.run();
                    }));
  }

  private void loaded(ColdReader.Result result) {
    if (state != State.LOADING) { // closed meanwhile
      if (result instanceof ColdReader.Result.Found(Chunk unwanted)) {
        files.release(unwanted);
      }
      return;
    }
    nextChunk = null;
    if (lastSeq < files.oldestSeq() - 1) {
      if (result instanceof ColdReader.Result.Found(Chunk unwanted)) {
        files.release(unwanted); // it begins behind a gap
      }
      state = State.GONE;
      return;
    }
    switch (result) {
      case ColdReader.Result.Found(Chunk found) -> {
        chunk = found;
        chunkIndex = found.after(lastSeq);
        state = State.READY;
      }
      case ColdReader.Result.End() -> {
        if (tail.covers(lastSeq)) {
          fromFiles = false;
          slabOffset = 0;
          slabNumber = tail.numberAfter(lastSeq);
          state = State.READY;
        } else {
          state = State.NEEDS_LOAD; // the tail moved on while the file was read
        }
      }
      case ColdReader.Result.Gone() -> state = State.GONE;
    }
  }

  private void releaseChunk() {
    Chunk done = chunk;
    chunk = null;
    if (done != null) {
      files.release(done);
    }
  }

  /** Lets go of everything. */
  public void close() {
    state = State.GONE;
    releaseChunk();
  }
}
