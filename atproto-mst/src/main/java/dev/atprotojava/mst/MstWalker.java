// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.mst;

import dev.atprotojava.cbor.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the entries of a range in order, holding the way from the root and nothing else.
 * Only nodes on the way to the range and in it are looked into.
 */
final class MstWalker implements Iterator<MstEntry> {
  /** A node and the next of its keys. */
  private static final class Step {
    final Node node;
    int next;

    Step(Node node, int next) {
      this.node = node;
      this.next = next;
    }
  }

  private final List<Step> way = new ArrayList<>();
  private final byte @Nullable [] to;

  /** What stands in front of the next key and was not looked into yet. */
  private @Nullable Subtree ahead;

  MstWalker(@Nullable Subtree top, KeyRange range) {
    byte[] from = range.from().toByteArray();
    to = range.to() == null ? null : range.to().toByteArray();
    Subtree at = top;
    while (at != null) {
      Node node = at.require();
      int i = node.indexOf(from);
      way.add(new Step(node, i));
      at = node.hasKeyAt(i, from) || endsBefore(node, i) ? null : node.links[i];
    }
  }

  /** True if the subtree in front of a key cannot have anything of the range. */
  private boolean endsBefore(Node node, int i) {
    return to != null && i > 0 && Arrays.compareUnsigned(node.keys[i - 1], to) >= 0;
  }

  @Override
  public boolean hasNext() {
    while (ahead != null) {
      Node node = ahead.require();
      way.add(new Step(node, 0));
      ahead = node.links[0];
    }
    while (!way.isEmpty() && way.getLast().next == way.getLast().node.keys.length) {
      way.removeLast();
    }
    return !way.isEmpty() && (to == null || Arrays.compareUnsigned(key(way.getLast()), to) < 0);
  }

  private static byte[] key(Step step) {
    return step.node.keys[step.next];
  }

  @Override
  public MstEntry next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Step step = way.getLast();
    MstEntry entry = new MstEntry(Bytes.wrap(key(step)), step.node.values[step.next]);
    step.next++;
    ahead = step.node.links[step.next];
    return entry;
  }
}
