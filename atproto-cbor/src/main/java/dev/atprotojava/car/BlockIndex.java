// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.car;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of one CAR by their CID: an open table of entry numbers over the CAR's own bytes.
 *
 * <p>Reused for one CAR after another without garbage. Only blessed CIDs are entered, since only
 * their blocks were hashed; of two blocks with one CID the first counts (CAR-09). The place in the
 * table depends on a random factor of this instance: whoever makes the CIDs cannot make them
 * collide. Not thread-safe.
 */
public final class BlockIndex implements BlockSource {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final long factor;
  private byte[] in = new byte[0];

  private int[] table = new int[64]; // entry number + 1; 0 is free
  private int shift = 64 - 6;
  private int size;
  private int unchecked;
  private int[] cidOffset = new int[32];
  private int[] dataOffset = new int[32];
  private int[] dataLength = new int[32];
  private boolean[] taken = new boolean[32];

  /** An index whose table is keyed by a number from {@code random}. */
  public BlockIndex(RandomGenerator random) {
    factor = random.nextLong() | 1;
  }

  /**
   * Forgets the CAR before and enters all blocks that the reader has still to come to.
   *
   * @throws CarException as the reader does
   */
  public void load(CarReader car) {
    if (table.length > 1 << 12) { // one huge CAR must not slow down all that follow
      table = new int[64];
      shift = 64 - 6;
    } else {
      Arrays.fill(table, 0);
    }
    in = car.array();
    size = 0;
    unchecked = 0;
    while (car.next()) {
      if (!car.hashed()) {
        unchecked++;
      } else if (find(in, car.cidOffset()) < 0) {
        add(car);
      }
    }
  }

  private void add(CarReader car) {
    if (size == cidOffset.length) {
      int capacity = size * 2;
      cidOffset = Arrays.copyOf(cidOffset, capacity);
      dataOffset = Arrays.copyOf(dataOffset, capacity);
      dataLength = Arrays.copyOf(dataLength, capacity);
      taken = Arrays.copyOf(taken, capacity);
    }
    if (size * 2 == table.length) {
      table = new int[table.length * 2];
      shift--;
      for (int entry = 0; entry < size; entry++) {
        enter(entry);
      }
    }
    cidOffset[size] = car.cidOffset();
    dataOffset[size] = car.dataOffset();
    dataLength[size] = car.dataLength();
    taken[size] = false;
    enter(size++);
  }

  private void enter(int entry) {
    int place = place(in, cidOffset[entry]);
    while (table[place] != 0) {
      place = place + 1 & table.length - 1;
    }
    table[place] = entry + 1;
  }

  private int place(byte[] cid, int offset) {
    return (int) (((long) LONGS.get(cid, offset + Cid.DIGEST_OFFSET) * factor) >>> shift);
  }

  /** The number of blocks. */
  public int size() {
    return size;
  }

  /** The number of blocks that were not entered, because their CIDs are not blessed. */
  public int unchecked() {
    return unchecked;
  }

  /** The entry of the block with the blessed CID at {@code offset} of {@code cid}, or -1. */
  public int find(byte[] cid, int offset) {
    for (int place = place(cid, offset); table[place] != 0; place = place + 1 & table.length - 1) {
      int entry = table[place] - 1;
      int own = cidOffset[entry];
      if (Arrays.equals(
          in, own, own + Cid.BLESSED_LENGTH, cid, offset, offset + Cid.BLESSED_LENGTH)) {
        return entry;
      }
    }
    return -1;
  }

  /**
   * Marks an entry as used and returns true if it was not. A valid tree reaches each of its nodes
   * once, so a walk that takes every node it reads ends, whatever the blocks say.
   */
  public boolean take(int entry) {
    boolean first = !taken[entry];
    taken[entry] = true;
    return first;
  }

  /** The array that holds the blocks. */
  public byte[] array() {
    return in;
  }

  /** Where the data of an entry begins in {@link #array}. */
  public int dataOffset(int entry) {
    return dataOffset[entry];
  }

  /** The length of the data of an entry. */
  public int dataLength(int entry) {
    return dataLength[entry];
  }

  @Override
  public @Nullable Bytes find(Cid cid) {
    if (!cid.isBlessed()) {
      return null;
    }
    int entry = find(cid.toByteArray(), 0);
    return entry < 0 ? null : Bytes.wrap(in, dataOffset[entry], dataLength[entry]);
  }
}
