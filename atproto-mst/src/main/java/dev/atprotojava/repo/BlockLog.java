// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

import dev.atprotojava.cid.Cid;
import dev.atprotojava.repo.InvalidRepoException.Reason;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of a CAR in the order in which they came, found by their CID. The last of them are in
 * memory; what no longer fits there is forgotten, or is spilled once the log was told to {@link
 * #keepAll}.
 *
 * <pre>
 *   address   1            spillBase           start                 end
 *             | forgotten  | in the spill      | in the ring         |
 *
 *   an entry: CID, 36 bytes | length of the data, 4 bytes | data
 * </pre>
 *
 * <p>An entry lies where its bytes lie, be it across the border. The index has 16 bytes for each
 * slot and is between three eighths and three quarters full. The place of a block in it depends on
 * a secret factor, so that nobody can make blocks whose places collide.
 */
final class BlockLog {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int HEAD_BYTES = Cid.BLESSED_LENGTH + Integer.BYTES;
  private static final int FIRST_RING_BYTES = 64 << 10;
  private static final int SPILL_BYTES = 64 << 10;

  private final int maxRingBytes;
  private final int maxBlocks;
  private final @Nullable BlockSpill spill;
  private final long factor;

  private byte[] ring;
  private long start = 1; // addresses begin at 1, so that 0 is a free slot
  private long end = 1;
  private boolean keepsAll;
  private int kept;
  private long spillBase;

  private long[] hashes = new long[1 << 10];
  private long[] addresses = new long[1 << 10];
  private int used; // slots that are not free, forgotten blocks included

  private final byte[] head = new byte[HEAD_BYTES];
  private byte[] found = new byte[4096];
  private int foundLength;

  BlockLog(int maxRingBytes, int maxBlocks, @Nullable BlockSpill spill, RandomGenerator random) {
    this.maxRingBytes = maxRingBytes;
    this.maxBlocks = maxBlocks;
    this.spill = spill;
    this.factor = random.nextLong() | 1;
    this.ring = new byte[Math.min(FIRST_RING_BYTES, maxRingBytes)];
  }

  /** From now on nothing is forgotten. */
  void keepAll() {
    if (!keepsAll) {
      keepsAll = true;
      spillBase = start;
    }
  }

  /** Adds a block under its blessed CID, unless it is here. */
  void add(byte[] cid, int cidOffset, byte[] data, int dataOffset, int length) throws IOException {
    long hash = hash(cid, cidOffset);
    if (slotOf(hash, cid, cidOffset) >= 0) {
      return;
    }
    if (keepsAll && ++kept > maxBlocks) {
      throw new InvalidRepoException(Reason.TOO_MANY_BLOCKS);
    }
    long address = end;
    System.arraycopy(cid, cidOffset, head, 0, Cid.BLESSED_LENGTH);
    INTS.set(head, Cid.BLESSED_LENGTH, length);
    makeRoom(HEAD_BYTES + length);
    append(head, 0, HEAD_BYTES);
    append(data, dataOffset, length);
    if (used >= hashes.length / 4 * 3) {
      rebuild();
    }
    enter(hash, address);
  }

  /** Copies the data of a block to {@link #found}; false if it is not here. */
  boolean find(byte[] cid) throws IOException {
    int slot = slotOf(hash(cid, 0), cid, 0);
    if (slot < 0) {
      return false;
    }
    foundLength = (int) INTS.get(head, Cid.BLESSED_LENGTH); // which slotOf has read
    if (found.length < foundLength) {
      found = new byte[Math.max(foundLength, 2 * found.length)];
    }
    read(addresses[slot] + HEAD_BYTES, found, foundLength);
    return true;
  }

  /** The data of the block that was found, valid until the next one is. */
  byte[] found() {
    return found;
  }

  int foundLength() {
    return foundLength;
  }

  // The bytes.

  private void makeRoom(int length) throws IOException {
    if (end - start + length <= ring.length) {
      return;
    }
    if (ring.length < maxRingBytes) {
      grow(end - start + length);
    }
    long excess = end - start + length - ring.length;
    if (excess <= 0) {
      return;
    }
    if (keepsAll) {
      // More than is needed at once, so that the spill is written in large pieces.
      spill(Math.min(end - start, Math.max(excess, Math.min(SPILL_BYTES, ring.length))));
    } else {
      start = Math.min(end, start + excess);
    }
  }

  private void grow(long needed) {
    long size = ring.length;
    while (size < needed) {
      size *= 2;
    }
    byte[] old = ring;
    byte[] larger = new byte[(int) Math.min(size, maxRingBytes)];
    for (long at = start; at < end; ) {
      int from = (int) (at % old.length);
      int to = (int) (at % larger.length);
      int count = (int) Math.min(end - at, Math.min(old.length - from, larger.length - to));
      System.arraycopy(old, from, larger, to, count);
      at += count;
    }
    ring = larger;
  }

  private void spill(long count) throws IOException {
    if (spill == null) {
      throw new InvalidRepoException(Reason.NO_SPILL);
    }
    for (long to = start + count; start < to; ) {
      int from = (int) (start % ring.length);
      int piece = (int) Math.min(to - start, ring.length - from);
      spill.append(ring, from, piece);
      start += piece;
    }
  }

  /** Adds bytes; those of an entry that is larger than the ring go through it piece by piece. */
  private void append(byte[] bytes, int offset, int length) throws IOException {
    for (int done = 0; done < length; ) {
      if (end - start == ring.length) {
        makeRoom(Math.min(length - done, ring.length));
      }
      int to = (int) (end % ring.length);
      int free = (int) Math.min(ring.length - to, ring.length - (end - start));
      int piece = Math.min(length - done, free);
      System.arraycopy(bytes, offset + done, ring, to, piece);
      end += piece;
      done += piece;
    }
  }

  private void read(long address, byte[] out, int length) throws IOException {
    int done = 0;
    if (address < start && spill != null) {
      done = (int) Math.min(length, start - address);
      spill.read(address - spillBase, out, 0, done);
    }
    while (done < length) {
      int from = (int) ((address + done) % ring.length);
      int piece = Math.min(length - done, ring.length - from);
      System.arraycopy(ring, from, out, done, piece);
      done += piece;
    }
  }

  private boolean isHere(long address) {
    return address >= (keepsAll ? spillBase : start);
  }

  // The index.

  private long hash(byte[] cid, int offset) {
    return (long) LONGS.get(cid, offset + Cid.DIGEST_OFFSET) * factor;
  }

  private int home(long hash) {
    return (int) (hash >>> (Long.numberOfLeadingZeros(hashes.length) + 1));
  }

  /** The slot of a block that is here, whose head is in {@link #head} then; or -1. */
  private int slotOf(long hash, byte[] cid, int offset) throws IOException {
    int mask = hashes.length - 1;
    for (int slot = home(hash); addresses[slot] != 0; slot = slot + 1 & mask) {
      if (hashes[slot] == hash && isHere(addresses[slot])) {
        read(addresses[slot], head, HEAD_BYTES);
        if (Arrays.equals(head, 0, Cid.BLESSED_LENGTH, cid, offset, offset + Cid.BLESSED_LENGTH)) {
          return slot;
        }
      }
    }
    return -1;
  }

  private void enter(long hash, long address) {
    int mask = hashes.length - 1;
    int slot = home(hash);
    while (addresses[slot] != 0) {
      slot = slot + 1 & mask;
    }
    hashes[slot] = hash;
    addresses[slot] = address;
    used++;
  }

  /** Leaves out what was forgotten, and grows if it is not much. */
  private void rebuild() {
    long[] oldHashes = hashes;
    long[] oldAddresses = addresses;
    int here = 0;
    for (long address : oldAddresses) {
      if (address != 0 && isHere(address)) {
        here++;
      }
    }
    int size = here > oldHashes.length * 3L / 8 ? 2 * oldHashes.length : oldHashes.length;
    hashes = new long[size];
    addresses = new long[size];
    used = 0;
    for (int i = 0; i < oldAddresses.length; i++) {
      if (oldAddresses[i] != 0 && isHere(oldAddresses[i])) {
        enter(oldHashes[i], oldAddresses[i]);
      }
    }
  }
}
