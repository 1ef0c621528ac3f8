// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.mst;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.mst.MstException.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Goes through a whole tree in the order in which a repository is streamed (MST-60): a node, then
 * what is in it from left to right, each subtree at once. Holds the way from the root, and no more.
 *
 * <pre>{@code
 * while (cursor.next()) {
 *   if (cursor.atNode()) {
 *     cursor.enter(blockOf(cursor.cid()));
 *   } else {
 *     use(cursor.key(), cursor.cid());
 *   }
 * }
 * }</pre>
 *
 * <p>A cursor {@link #ofBlocks} is given the nodes as it comes to them and checks them: each by
 * itself, its height, and that its keys lie between their neighbours (MST-10 to MST-25). So every
 * entry that it comes to is where it belongs; when {@link #next} returns false so are all, and
 * nothing is missing. It ends whatever the blocks are: each level is one below the level above, and
 * a subtree that comes again has keys that came before. A cursor {@link #ofTree} has the nodes.
 *
 * <p>Not thread-safe. After an exception it cannot be used.
 */
public final class MstCursor {
  private final NodeCodec codec;
  private final List<Place> way = new ArrayList<>();
  private @Nullable Subtree ahead; // a node that was come to and not entered
  private boolean begun;
  private byte @Nullable [] lastKey;

  /** A node and a place in it: link 0, key 0, link 1, key 1 ... */
  private static final class Place {
    final Node node;
    final byte @Nullable [] high; // the key that follows the node
    int slot = -1;

    Place(Node node, byte @Nullable [] high) {
      this.node = node;
      this.high = high;
    }
  }

  private MstCursor(@Nullable Subtree top, NodeCodec codec) {
    this.ahead = top;
    this.codec = codec;
  }

  /** A cursor through the tree under a root, whose nodes are given to {@link #enter(Bytes)}. */
  public static MstCursor ofBlocks(Cid root, MstWorkspace workspace) {
    if (root.equals(Mst.EMPTY_ROOT)) {
      return new MstCursor(null, workspace.codec);
    }
    if (!root.isBlessedDagCbor()) {
      throw new MstException(Reason.LINK);
    }
    return new MstCursor(new Subtree.Stub(root), workspace.codec);
  }

  /** A cursor through a tree. */
  public static MstCursor ofTree(Mst tree) {
    return new MstCursor(tree.top(), tree.codec());
  }

  /**
   * Goes to the next node or entry; false at the end of the tree.
   *
   * @throws IllegalStateException if it is at a node that was not entered
   */
  public boolean next() {
    if (!begun) {
      begun = true;
      return ahead != null;
    }
    if (ahead != null) {
      throw new IllegalStateException("a node that was not entered");
    }
    while (!way.isEmpty()) {
      Place place = way.getLast();
      int slot = ++place.slot;
      int i = slot >> 1;
      if ((slot & 1) == 0) {
        ahead = place.node.links[i];
        if (ahead != null) {
          return true;
        }
      } else if (i < place.node.keys.length) {
        lastKey = place.node.keys[i];
        return true;
      } else {
        way.removeLast();
      }
    }
    return false;
  }

  /** True if this is at a node, which must be entered; false if it is at an entry. */
  public boolean atNode() {
    return ahead != null;
  }

  /** The CID of the node, or the value of the entry. */
  public Cid cid() {
    if (ahead != null) {
      return codec.cidOf(ahead);
    }
    Place place = entry();
    return place.node.values[place.slot >> 1];
  }

  /** The key of the entry. */
  public Bytes key() {
    Place place = entry();
    return Bytes.wrap(place.node.keys[place.slot >> 1]);
  }

  private Place entry() {
    if (ahead != null || way.isEmpty()) {
      throw new IllegalStateException("not at an entry");
    }
    return way.getLast();
  }

  /** The block of the node, if this is a cursor through a tree that has it. */
  public Bytes block() {
    return codec.blockOf(requireAhead().require());
  }

  private Subtree requireAhead() {
    if (ahead == null) {
      throw new IllegalStateException("not at a node");
    }
    return ahead;
  }

  /**
   * Enters the node, which the tree must have.
   *
   * @throws MstException if it is missing
   */
  public void enter() {
    enter(requireAhead().require());
  }

  /**
   * Enters the node, whose block was checked against its CID.
   *
   * @throws MstException if it is no valid node, or not in its place
   */
  public void enter(Bytes block) {
    enter(block.array(), block.offset(), block.length());
  }

  /** The same for a block that is a slice, which is not used later. */
  public void enter(byte[] block, int offset, int length) {
    Cid cid = codec.cidOf(requireAhead());
    int height = way.isEmpty() ? -1 : way.getLast().node.height - 1;
    enter(codec.decode(block, offset, length, height, cid));
  }

  private void enter(Node node) {
    byte[] high = high();
    int last = node.keys.length - 1;
    if (last >= 0) {
      boolean below = lastKey != null && Arrays.compareUnsigned(lastKey, node.keys[0]) >= 0;
      boolean above = high != null && Arrays.compareUnsigned(node.keys[last], high) >= 0;
      if (below || above) {
        throw new MstException(Reason.KEY_ORDER);
      }
    }
    ahead = null;
    way.add(new Place(node, high));
  }

  /** The key that follows the subtree that this is at, or null. */
  private byte @Nullable [] high() {
    if (way.isEmpty()) {
      return null;
    }
    Place place = way.getLast();
    int i = place.slot >> 1;
    return i < place.node.keys.length ? place.node.keys[i] : place.high;
  }
}
