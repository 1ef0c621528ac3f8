// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.mst;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.mst.MstException.Reason;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Builds a tree from entries that come in the order of their keys (MST-31), each node once: several
 * times faster than inserting them.
 *
 * <pre>{@code
 * MstBuilder tree = new MstBuilder();
 * rows.forEach(row -> tree.add(row.path(), row.cid()));
 * Cid root = tree.build().root();
 * }</pre>
 *
 * <p>On each level one node is open, the rightmost. A key of some level closes the open nodes below
 * it, each of which becomes the last link of the one above. Not thread-safe.
 */
public final class MstBuilder {
  private final NodeCodec codec;
  private Level[] levels = {new Level(0)};
  private byte @Nullable [] last;
  private int top = -1; // the highest level with a key

  public MstBuilder() {
    this(new MstWorkspace());
  }

  /** A builder for a worker with a workspace, which the tree will share. */
  public MstBuilder(MstWorkspace workspace) {
    codec = workspace.codec;
  }

  /**
   * Adds an entry.
   *
   * @throws MstException if the key is not greater than the one before, is empty, or too long
   */
  public MstBuilder add(Bytes key, Cid value) {
    byte[] bytes = Mst.validKey(key);
    if (last != null) {
      int order = Arrays.compareUnsigned(last, bytes);
      if (order >= 0) {
        throw new MstException(order == 0 ? Reason.KEY_EXISTS : Reason.KEY_ORDER);
      }
    }
    last = bytes;
    int height = codec.heightOf(bytes);
    top = Math.max(top, height);
    closeBelow(height);
    levels[height].add(bytes, value);
    return this;
  }

  /** The tree of the entries so far. The builder is empty then, and can be used again. */
  public Mst build() {
    Node root = null;
    if (top >= 0) {
      closeBelow(top);
      root = levels[top].close();
    }
    top = -1;
    last = null;
    return Mst.of(root, codec);
  }

  private void closeBelow(int height) {
    if (height >= levels.length) {
      int known = levels.length;
      levels = Arrays.copyOf(levels, height + 1);
      for (int level = known; level <= height; level++) {
        levels[level] = new Level(level);
      }
    }
    for (int level = 0; level < height; level++) {
      Node node = levels[level].close();
      if (node != null) {
        levels[level + 1].link(node);
      }
    }
  }

  /** The open node of a level. */
  private static final class Level {
    private final int height;
    private byte[][] keys = new byte[8][];
    private Cid[] values = new Cid[8];
    private @Nullable Subtree[] links = new @Nullable Subtree[9];
    private int size;

    Level(int height) {
      this.height = height;
    }

    void add(byte[] key, Cid value) {
      if (size == keys.length) {
        keys = Arrays.copyOf(keys, 2 * size);
        values = Arrays.copyOf(values, 2 * size);
        links = Arrays.copyOf(links, 2 * size + 1);
      }
      keys[size] = key;
      values[size] = value;
      size++;
    }

    /** Sets what comes behind the last key so far. */
    void link(Node node) {
      links[size] = node;
    }

    /** The node, or null if there is nothing in it; the next one begins. */
    @Nullable Node close() {
      if (size == 0 && links[0] == null) {
        return null;
      }
      Node node =
          new Node(
              height,
              Arrays.copyOf(keys, size),
              Arrays.copyOf(values, size),
              Arrays.copyOf(links, size + 1),
              null);
      Arrays.fill(links, 0, size + 1, null);
      size = 0;
      return node;
    }
  }
}
