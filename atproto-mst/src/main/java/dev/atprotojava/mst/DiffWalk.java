// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.mst;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.mst.MstException.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Goes through two trees side by side, in the order of keys, and opens a node only when it has to.
 *
 * <p>Each side stands before a subtree or a key. Equal subtrees are passed together. Of two others,
 * or a subtree and a key, the side that begins with the lesser key moves; where both begin alike
 * the higher subtree is opened, so that both come to the same level.
 *
 * <p>Where a node is missing nothing is known of its keys. Then the other side moves on until it
 * comes to the same CID: that it does proves that all it passed was less, for the CID stands for
 * the same keys on both sides. If it never does, the difference is unknown.
 */
final class DiffWalk {
  private final Side before;
  private final Side after;
  private final List<MstChange> changes = new ArrayList<>();

  DiffWalk(Mst before, Mst after) {
    this.before = new Side(before);
    this.after = new Side(after);
  }

  MstDiff walk() {
    while (!before.atEnd() || !after.atEnd()) {
      step();
    }
    Set<Cid> removed = new LinkedHashSet<>(before.opened.keySet());
    Map<Cid, Bytes> added = new LinkedHashMap<>();
    after.opened.forEach(
        (cid, node) -> {
          if (!removed.remove(cid)) {
            added.put(cid, after.tree.blockOf(node));
          }
        });
    if (before.tree.isEmpty() != after.tree.isEmpty()) { // the empty tree is a block too (MST-20)
      if (before.tree.isEmpty()) {
        removed.add(Mst.EMPTY_ROOT);
      } else {
        added.putAll(after.tree.blocks());
      }
    }
    return new MstDiff(changes, added, removed);
  }

  /** How many nodes were opened on both sides: what the difference cost. */
  int opened() {
    return before.opened.size() + after.opened.size();
  }

  private void step() {
    Subtree a = before.subtree();
    Subtree b = after.subtree();
    if (a == null && b == null) {
      compareKeys();
    } else if (a != null && b != null) {
      compareSubtrees(a, b);
    } else if (a != null) {
      compareWithKey(before, a, after);
    } else if (b != null) {
      compareWithKey(after, b, before);
    }
  }

  private void compareKeys() {
    int order = before.atEnd() ? 1 : after.atEnd() ? -1 : compare(before.key(), after.key());
    byte[] key = order <= 0 ? before.key() : after.key();
    Cid old = order <= 0 ? before.value() : null;
    Cid now = order >= 0 ? after.value() : null;
    if (old == null || !old.equals(now)) {
      changes.add(new MstChange(Bytes.wrap(key), old, now));
    }
    if (order <= 0) {
      before.pass();
    }
    if (order >= 0) {
      after.pass();
    }
  }

  private void compareSubtrees(Subtree a, Subtree b) {
    if (a == b || before.tree.cidOf(a).equals(after.tree.cidOf(b))) {
      before.pass();
      after.pass();
      return;
    }
    if (!(a instanceof Node left) || !(b instanceof Node right)) {
      // Of a missing node and another one the other is opened; two cannot be told apart.
      (a instanceof Node ? before : after).open();
      return;
    }
    byte[] first = firstKey(left);
    byte[] second = firstKey(right);
    int order = first == null || second == null ? 0 : compare(first, second);
    if (order == 0) {
      order = Integer.compare(right.height, left.height);
    }
    if (order <= 0) {
      before.open();
    }
    if (order >= 0) {
      after.open();
    }
  }

  /** One side stands before a subtree, the other before a key or at its end. */
  private void compareWithKey(Side side, Subtree subtree, Side other) {
    boolean keyIsLess = false;
    if (!other.atEnd()) {
      byte[] first = subtree instanceof Node node ? firstKey(node) : null;
      keyIsLess = first == null ? subtree instanceof Subtree.Stub : compare(other.key(), first) < 0;
    }
    if (!keyIsLess) {
      side.open();
    } else if (other == after) {
      changes.add(new MstChange(Bytes.wrap(other.key()), null, other.value()));
      other.pass();
    } else {
      changes.add(new MstChange(Bytes.wrap(other.key()), other.value(), null));
      other.pass();
    }
  }

  /** The least key of a subtree, or null if the way to it is not here. */
  private static byte @Nullable [] firstKey(Node top) {
    Node node = top;
    while (true) {
      switch (node.links[0]) {
        case null -> {
          return node.keys[0];
        }
        case Node child -> node = child;
        case Subtree.Stub missing -> {
          return null;
        }
      }
    }
  }

  private static int compare(byte[] a, byte[] b) {
    return Arrays.compareUnsigned(a, b);
  }

  /** One of the two trees, and how far the walk is in it. */
  private static final class Side {
    final Mst tree;
    final Map<Cid, Node> opened = new LinkedHashMap<>();
    private final List<Place> way = new ArrayList<>();
    private @Nullable Subtree root;

    /** A node and a place in it: link 0, key 0, link 1, key 1 ... */
    private static final class Place {
      final Node node;
      int slot;

      Place(Node node) {
        this.node = node;
      }
    }

    Side(Mst tree) {
      this.tree = tree;
      this.root = tree.top();
    }

    boolean atEnd() {
      return root == null && way.isEmpty();
    }

    /** The subtree that comes next, or null if it is a key or the end. */
    @Nullable Subtree subtree() {
      if (root != null || way.isEmpty()) {
        return root;
      }
      Place place = way.getLast();
      return (place.slot & 1) == 0 ? place.node.links[place.slot >> 1] : null;
    }

    byte[] key() {
      Place place = way.getLast();
      return place.node.keys[place.slot >> 1];
    }

    Cid value() {
      Place place = way.getLast();
      return place.node.values[place.slot >> 1];
    }

    /** Goes into the subtree that comes next. */
    void open() {
      Subtree next = subtree();
      if (next == null) {
        throw new MstException(Reason.MISSING_NODE);
      }
      Node node = next.require();
      opened.put(tree.cidOf(node), node);
      if (root == null) {
        way.getLast().slot++;
      }
      root = null;
      way.add(new Place(node));
      settle();
    }

    /** Goes behind the subtree or the key that comes next. */
    void pass() {
      if (root == null) {
        way.getLast().slot++;
      }
      root = null;
      settle();
    }

    /** Passes over links that are not there, and the ends of nodes. */
    private void settle() {
      while (!way.isEmpty()) {
        Place place = way.getLast();
        int i = place.slot >> 1;
        if (i == place.node.links.length - 1 && (place.slot & 1) == 1) {
          way.removeLast();
        } else if ((place.slot & 1) == 0 && place.node.links[i] == null) {
          place.slot++;
        } else {
          return;
        }
      }
    }
  }
}
