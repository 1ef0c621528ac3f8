// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.mst;

import dev.atprotojava.cid.Cid;
import dev.atprotojava.mst.MstException.Reason;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One node in memory, with its keys whole again: {@code link[0] key[0] link[1] key[1] ... link[n]},
 * where {@code link[i]} holds the keys between its neighbours and may be absent.
 *
 * <p>Immutable but for {@code cid}, which is filled in when it is first computed. The operations
 * return the new subtree and leave this one as it is; null is a subtree without keys.
 */
final class Node implements Subtree {
  private static final byte[][] NO_KEYS = new byte[0][];
  private static final Cid[] NO_VALUES = new Cid[0];

  final int height;
  final byte[][] keys;
  final Cid[] values;
  final @Nullable Subtree[] links;

  /** The CID of the encoding; null until it is computed. */
  @Nullable Cid cid;

  Node(int height, byte[][] keys, Cid[] values, @Nullable Subtree[] links, @Nullable Cid cid) {
    this.height = height;
    this.keys = keys;
    this.values = values;
    this.links = links;
    this.cid = cid;
  }

  private static Node of(int height, byte[][] keys, Cid[] values, @Nullable Subtree[] links) {
    return new Node(height, keys, values, links, null);
  }

  private static Node pointerOnly(int height, Subtree child) {
    return of(height, NO_KEYS, NO_VALUES, new @Nullable Subtree[] {child});
  }

  /** A subtree of one key at {@code height}, under as many nodes without keys as it takes. */
  static Node chain(int height, byte[] key, int keyHeight, Cid value) {
    Node node =
        of(keyHeight, new byte[][] {key}, new Cid[] {value}, new @Nullable Subtree[] {null, null});
    return lift(node, keyHeight, height);
  }

  private static Node lift(Node subtree, int from, int to) {
    Node top = subtree;
    for (int height = from + 1; height <= to; height++) {
      top = pointerOnly(height, top);
    }
    return top;
  }

  /** The index of the first key that is not less than {@code key}. */
  int indexOf(byte[] key) {
    int low = 0;
    int high = keys.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Arrays.compareUnsigned(keys[middle], key) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  boolean hasKeyAt(int index, byte[] key) {
    return index < keys.length && Arrays.equals(keys[index], key);
  }

  /** The value of a key, or null. */
  @Nullable Cid find(byte[] key) {
    Node node = this;
    while (true) {
      int i = node.indexOf(key);
      if (node.hasKeyAt(i, key)) {
        return node.values[i];
      }
      Subtree link = node.links[i];
      if (link == null) {
        return null;
      }
      node = link.require();
    }
  }

  /** This with a key more; the result may be higher than this (MST-32). */
  Node insert(byte[] key, int keyHeight, Cid value) {
    if (keyHeight > height) {
      Split parts = split(this, key);
      return of(
          keyHeight,
          new byte[][] {key},
          new Cid[] {value},
          new @Nullable Subtree[] {
            lifted(parts.left(), keyHeight - 1), lifted(parts.right(), keyHeight - 1)
          });
    }
    int i = indexOf(key);
    if (hasKeyAt(i, key)) {
      throw new MstException(Reason.KEY_EXISTS);
    }
    Subtree link = links[i];
    if (keyHeight == height) {
      Split parts = split(link, key);
      @Nullable Subtree[] newLinks = new @Nullable Subtree[links.length + 1];
      System.arraycopy(links, 0, newLinks, 0, i);
      newLinks[i] = parts.left();
      newLinks[i + 1] = parts.right();
      System.arraycopy(links, i + 1, newLinks, i + 2, links.length - i - 1);
      return of(height, inserted(keys, i, key), inserted(values, i, value), newLinks);
    }
    return withLink(
        i,
        link == null
            ? chain(height - 1, key, keyHeight, value)
            : link.require().insert(key, keyHeight, value));
  }

  private @Nullable Subtree lifted(@Nullable Node part, int to) {
    return part == null ? null : lift(part, height, to);
  }

  /** This with another value for a key. */
  Node update(byte[] key, Cid value) {
    int i = indexOf(key);
    if (hasKeyAt(i, key)) {
      Cid[] newValues = values.clone();
      newValues[i] = value;
      return of(height, keys, newValues, links);
    }
    return withLink(i, require(links[i]).update(key, value));
  }

  /** This without a key (MST-33); null when that was the last one. */
  @Nullable Node delete(byte[] key) {
    int i = indexOf(key);
    if (!hasKeyAt(i, key)) {
      return withLink(i, require(links[i]).delete(key)).orNull();
    }
    @Nullable Subtree[] newLinks = new @Nullable Subtree[links.length - 1];
    System.arraycopy(links, 0, newLinks, 0, i);
    newLinks[i] = merge(links[i], links[i + 1]);
    System.arraycopy(links, i + 2, newLinks, i + 1, links.length - i - 2);
    return of(height, removed(keys, i), removed(values, i), newLinks).orNull();
  }

  private static Node require(@Nullable Subtree link) {
    if (link == null) {
      throw new MstException(Reason.KEY_ABSENT);
    }
    return link.require();
  }

  private Node withLink(int i, @Nullable Subtree link) {
    @Nullable Subtree[] newLinks = links.clone();
    newLinks[i] = link;
    return of(height, keys, values, newLinks);
  }

  private @Nullable Node orNull() {
    return keys.length == 0 && links[0] == null ? null : this;
  }

  /** The keys below and above a key that is in neither; each part is as high as the whole. */
  private record Split(@Nullable Node left, @Nullable Node right) {
    static final Split NOTHING = new Split(null, null);
  }

  private static Split split(@Nullable Subtree subtree, byte[] key) {
    if (subtree == null) {
      return Split.NOTHING;
    }
    Node node = subtree.require();
    int i = node.indexOf(key);
    if (node.hasKeyAt(i, key)) {
      throw new MstException(Reason.KEY_EXISTS);
    }
    int n = node.keys.length;
    Split inner = split(node.links[i], key);
    @Nullable Subtree[] leftLinks = Arrays.copyOf(node.links, i + 1);
    leftLinks[i] = inner.left();
    @Nullable Subtree[] rightLinks = Arrays.copyOfRange(node.links, i, n + 1);
    rightLinks[0] = inner.right();
    return new Split(
        of(node.height, Arrays.copyOf(node.keys, i), Arrays.copyOf(node.values, i), leftLinks)
            .orNull(),
        of(
                node.height,
                Arrays.copyOfRange(node.keys, i, n),
                Arrays.copyOfRange(node.values, i, n),
                rightLinks)
            .orNull());
  }

  /** One subtree of two that are next to each other and equally high. */
  private static @Nullable Subtree merge(@Nullable Subtree left, @Nullable Subtree right) {
    if (left == null || right == null) {
      return left == null ? right : left;
    }
    Node a = left.require();
    Node b = right.require();
    int n = a.keys.length;
    byte[][] keys = Arrays.copyOf(a.keys, n + b.keys.length);
    System.arraycopy(b.keys, 0, keys, n, b.keys.length);
    Cid[] values = Arrays.copyOf(a.values, n + b.keys.length);
    System.arraycopy(b.values, 0, values, n, b.keys.length);
    @Nullable Subtree[] links = Arrays.copyOf(a.links, n + b.links.length);
    System.arraycopy(b.links, 0, links, n, b.links.length);
    links[n] = merge(a.links[n], b.links[0]);
    return of(a.height, keys, values, links);
  }

  private static <T> T[] inserted(T[] array, int index, T element) {
    T[] result = Arrays.copyOf(array, array.length + 1);
    System.arraycopy(array, index, result, index + 1, array.length - index);
    result[index] = element;
    return result;
  }

  private static <T> T[] removed(T[] array, int index) {
    T[] result = Arrays.copyOf(array, array.length - 1);
    System.arraycopy(array, index + 1, result, index, result.length - index);
    return result;
  }
}
