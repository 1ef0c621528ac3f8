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
 * in the middle holds up nothing. When {@link #collect} gives nothing, {@link #state} says why: the
 * reader has caught up, waits for a file to be read ({@link #load}), or has lost its place.
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
        held = slab;
        gather(slab.memory, slabOffset, end, out, maxBytes);
        return;
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
      int length = RecordLayout.payloadLengthAt(memory, at);
      out[heldFrames] = memory.slice(at + RecordLayout.PAYLOAD, length);
      heldSeqs[heldFrames] = RecordLayout.seqAt(memory, at);
      at += RecordLayout.sizeAt(memory, at);
      heldEnds[heldFrames++] = at;
      bytes += length;
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
      int length = RecordLayout.payloadLengthAt(now.memory, at);
      out[heldFrames] = now.memory.slice(at + RecordLayout.PAYLOAD, length);
      heldSeqs[heldFrames] = RecordLayout.seqAt(now.memory, at);
      heldEnds[heldFrames++] = i + 1;
      bytes += length;
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
      lastSeq = heldSeqs[whole - 1];
      if (fromFiles) {
        chunkIndex = heldEnds[whole - 1];
      } else {
        slabOffset = heldEnds[whole - 1];
      }
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
