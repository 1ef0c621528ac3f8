// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.mst;

import dev.atprotojava.car.BlockSource;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.mst.MstException.Reason;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a tree from its blocks and checks all of it that is there: each node by itself, that each
 * level is one below its parent's, and that the keys of a subtree lie between their neighbours
 * (MST-17 to MST-20, MST-23). What is not there stays a stub.
 *
 * <p>No node may occur twice, which a valid tree cannot have; so the walk reads each block at most
 * once, however the blocks link to each other, and no deeper than the root's height.
 */
final class TreeLoader {
  private final BlockSource blocks;
  private final NodeCodec codec;
  private final Set<Cid> seen = new HashSet<>();

  TreeLoader(BlockSource blocks, NodeCodec codec) {
    this.blocks = blocks;
    this.codec = codec;
  }

  /** The tree under a root. */
  Subtree load(Cid root) {
    Node node = read(root, -1);
    if (node == null) {
      return new Subtree.Stub(root);
    }
    loadLinks(node, null, null);
    return node;
  }

  private void loadLinks(Node node, byte @Nullable [] low, byte @Nullable [] high) {
    int last = node.keys.length - 1;
    boolean below = low != null && last >= 0 && compare(low, node.keys[0]) >= 0;
    boolean above = high != null && last >= 0 && compare(node.keys[last], high) >= 0;
    if (below || above) {
      throw new MstException(Reason.KEY_ORDER);
    }
    for (int i = 0; i < node.links.length; i++) {
      if (node.links[i] instanceof Subtree.Stub stub) {
        Node child = read(stub.cid(), node.height - 1);
        if (child != null) {
          loadLinks(child, i == 0 ? low : node.keys[i - 1], i > last ? high : node.keys[i]);
          node.links[i] = child;
        }
      }
    }
  }

  private static int compare(byte[] a, byte[] b) {
    return Arrays.compareUnsigned(a, b);
  }

  private @Nullable Node read(Cid cid, int height) {
    Bytes block = blocks.find(cid);
    if (block == null) {
      return null;
    }
    if (!seen.add(cid)) {
      throw new MstException(Reason.REPEATED_NODE);
    }
    return codec.decode(block.array(), block.offset(), block.length(), height, cid);
  }
}
