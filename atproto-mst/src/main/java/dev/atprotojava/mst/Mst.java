// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.mst;

import dev.atprotojava.car.BlockSource;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.mst.MstException.Reason;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A Merkle search tree: a sorted map from keys to CIDs with one root CID for each content (MST-01,
 * MST-30).
 *
 * <p>A tree may be <i>partial</i>: nodes whose blocks are missing are known by their CID alone. An
 * operation that never needs to look into one succeeds and keeps its CID; any other throws {@link
 * MstException} with {@link Reason#MISSING_NODE} (MST-37); with no node at all, every one does
 * (MST-38).
 *
 * <p>Immutable; operations return a new tree that shares the untouched nodes. CIDs of changed nodes
 * are computed when {@link #root} is first asked for, all at once. Not thread-safe, because trees
 * share the buffers of the {@link MstWorkspace} they were made with.
 */
public final class Mst implements Iterable<MstEntry> {
  /** The root CID of the tree without keys (MST-20). */
  public static final Cid EMPTY_ROOT = Cid.ofDagCbor(Bytes.fromHex("a2616580616cf6").toByteArray());

  private final @Nullable Subtree top;
  private final NodeCodec codec;

  private Mst(@Nullable Subtree top, NodeCodec codec) {
    this.top = top;
    this.codec = codec;
  }

  /** The tree without keys. */
  public static Mst empty() {
    return empty(new MstWorkspace());
  }

  /** The tree without keys, for a worker with a workspace. */
  public static Mst empty(MstWorkspace workspace) {
    return new Mst(null, workspace.codec);
  }

  static Mst of(@Nullable Node top, NodeCodec codec) {
    return new Mst(top, codec);
  }

  /**
   * The tree of some entries, in whatever order (MST-30, MST-31). {@link MstBuilder} takes them one
   * by one, where they are sorted already.
   *
   * @throws MstException if a key is there twice, is empty, or too long
   */
  public static Mst of(Collection<MstEntry> entries) {
    return of(entries, new MstWorkspace());
  }

  /** The same for a worker with a workspace. */
  public static Mst of(Collection<MstEntry> entries, MstWorkspace workspace) {
    List<MstEntry> sorted = entries.stream().sorted(MstEntry.BY_KEY).toList();
    MstBuilder builder = new MstBuilder(workspace);
    for (MstEntry entry : sorted) {
      builder.add(entry.key(), entry.value());
    }
    return builder.build();
  }

  /** The tree under a root, or as much of it as the blocks give. */
  public static Mst load(Cid root, BlockSource blocks) {
    return load(root, blocks, new MstWorkspace());
  }

  /**
   * The tree under a root, or as much of it as the blocks give, for a worker with a workspace.
   *
   * @param blocks where blocks are found, each checked against its CID
   * @throws MstException if what is there is not part of a valid tree (MST-10 to MST-25)
   */
  public static Mst load(Cid root, BlockSource blocks, MstWorkspace workspace) {
    if (root.equals(EMPTY_ROOT)) {
      return empty(workspace);
    }
    if (!root.isBlessedDagCbor()) {
      throw new MstException(Reason.LINK);
    }
    return new Mst(new TreeLoader(blocks, workspace.codec).load(root), workspace.codec);
  }

  /** True if there are no keys. */
  public boolean isEmpty() {
    return top == null;
  }

  /** True if nothing is here of this tree but the CID of its root. */
  public boolean isStub() {
    return top instanceof Subtree.Stub;
  }

  /** The CID of the root node. */
  public Cid root() {
    return top == null ? EMPTY_ROOT : codec.cidOf(top);
  }

  /** The value of a key, or null if the tree does not have it. */
  public @Nullable Cid find(Bytes key) {
    return top == null ? null : top.require().find(exact(key));
  }

  /**
   * The value of a key.
   *
   * @throws MstException if the tree does not have it
   */
  public Cid require(Bytes key) {
    Cid value = find(key);
    if (value == null) {
      throw new MstException(Reason.KEY_ABSENT);
    }
    return value;
  }

  /**
   * This with a key more (MST-32).
   *
   * @throws MstException if the key is there
   */
  public Mst insert(Bytes key, Cid value) {
    byte[] bytes = validKey(key);
    int height = codec.heightOf(bytes);
    return with(
        top == null
            ? Node.chain(height, bytes, height, value)
            : top.require().insert(bytes, height, value));
  }

  /** This with a value for a key, whether or not it is there; this itself if it has that value. */
  public Mst put(Bytes key, Cid value) {
    Cid old = find(key);
    if (old == null) {
      return insert(key, value);
    }
    return old.equals(value) ? this : update(key, value);
  }

  /**
   * This with another value for a key (MST-34).
   *
   * @throws MstException if the key is not there
   */
  public Mst update(Bytes key, Cid value) {
    return with(requireTop().update(exact(key), value));
  }

  /**
   * This without a key (MST-33).
   *
   * <p>When the last key of the top level goes, the tree continues with the node below. If that is
   * not here, the result {@link #isStub} and its root is only as good as the missing node: one
   * without keys of its own would have had to go too (MST-37).
   *
   * @throws MstException if the key is not there
   */
  public Mst delete(Bytes key) {
    Subtree rest = requireTop().delete(exact(key));
    // A root without keys gives way to its only child, which may not be here. An emptied tree keeps
    // nothing: its next key alone says how high it is (MST-36).
    while (rest instanceof Node node && node.keys.length == 0) {
      rest = node.links[0];
    }
    return with(rest);
  }

  private Node requireTop() {
    if (top == null) {
      throw new MstException(Reason.KEY_ABSENT);
    }
    return top.require();
  }

  private Mst with(@Nullable Subtree newTop) {
    return new Mst(newTop, codec);
  }

  private static byte[] exact(Bytes key) {
    return key.offset() == 0 && key.length() == key.array().length
        ? key.array()
        : key.toByteArray();
  }

  static byte[] validKey(Bytes key) {
    if (key.length() == 0 || key.length() > NodeCodec.MAX_KEY_LENGTH) {
      throw new MstException(Reason.KEY_LENGTH);
    }
    return exact(key);
  }

  @Nullable Subtree top() {
    return top;
  }

  NodeCodec codec() {
    return codec;
  }

  Cid cidOf(Subtree subtree) {
    return codec.cidOf(subtree);
  }

  Bytes blockOf(Node node) {
    return codec.blockOf(node);
  }

  /** The entries in the order of their keys; a missing node is found out when it is come to. */
  @Override
  public Iterator<MstEntry> iterator() {
    return new MstWalker(top, KeyRange.ALL);
  }

  /** The entries of a range in the order of their keys, reading no node that has none of them. */
  public Iterable<MstEntry> range(KeyRange range) {
    return () -> new MstWalker(top, range);
  }

  /** Hands over the entries in the order of their keys. */
  @Override
  public void forEach(Consumer<? super MstEntry> action) {
    if (top != null) {
      forEach(top.require(), action);
    }
  }

  private static void forEach(Node node, Consumer<? super MstEntry> action) {
    for (int i = 0; i < node.links.length; i++) {
      Subtree link = node.links[i];
      if (link != null) {
        forEach(link.require(), action);
      }
      if (i < node.keys.length) {
        action.accept(new MstEntry(Bytes.wrap(node.keys[i]), node.values[i]));
      }
    }
  }

  /** The blocks of all nodes that are here, parents first. */
  public Map<Cid, Bytes> blocks() {
    Map<Cid, Bytes> blocks = new LinkedHashMap<>();
    if (top == null) {
      blocks.put(EMPTY_ROOT, Bytes.fromHex("a2616580616cf6"));
    } else {
      addBlocks(top, blocks);
    }
    return blocks;
  }

  private void addBlocks(Subtree subtree, Map<Cid, Bytes> blocks) {
    if (subtree instanceof Node node) {
      addBlock(node, blocks);
      for (Subtree link : node.links) {
        if (link != null) {
          addBlocks(link, blocks);
        }
      }
    }
  }

  private void addBlock(Node node, Map<Cid, Bytes> blocks) {
    blocks.put(codec.cidOf(node), codec.blockOf(node));
  }

  /**
   * The blocks of the nodes that somebody needs who undoes operations on these keys, in whatever
   * order: those on the way to each key, to the key before it and to the key after it, in this
   * tree, which is the one after the operations (MST-46). The root is always among them.
   */
  public Map<Cid, Bytes> proofBlocks(Collection<Bytes> keys) {
    Map<Cid, Bytes> blocks = new LinkedHashMap<>();
    if (top == null) {
      return blocks();
    }
    addBlock(top.require(), blocks);
    for (Bytes key : keys) {
      addProof(top.require(), exact(key), blocks);
    }
    return blocks;
  }

  /**
   * The blocks of the nodes on the way to a key: they prove its value to whoever trusts the root,
   * or that the tree does not have it (SC-95). Parents first.
   */
  public Map<Cid, Bytes> pathBlocks(Bytes key) {
    if (top == null) {
      return blocks();
    }
    Map<Cid, Bytes> blocks = new LinkedHashMap<>();
    byte[] bytes = exact(key);
    for (Subtree at = top; at != null; ) {
      Node node = at.require();
      addBlock(node, blocks);
      int i = node.indexOf(bytes);
      at = node.hasKeyAt(i, bytes) ? null : node.links[i];
    }
    return blocks;
  }

  private void addProof(Node root, byte[] key, Map<Cid, Bytes> blocks) {
    Node node = root;
    while (true) {
      addBlock(node, blocks);
      int i = node.indexOf(key);
      if (node.hasKeyAt(i, key)) {
        addEdge(node.links[i], true, blocks);
        addEdge(node.links[i + 1], false, blocks);
        return;
      }
      // The neighbours are this node's entries around the gap, unless a subtree in it is nearer.
      Subtree link = node.links[i];
      if (link == null) {
        return;
      }
      node = link.require();
    }
  }

  /** The way to the greatest or the least key of a subtree. */
  private void addEdge(@Nullable Subtree subtree, boolean greatest, Map<Cid, Bytes> blocks) {
    for (Subtree at = subtree; at != null; ) {
      Node node = at.require();
      addBlock(node, blocks);
      at = node.links[greatest ? node.links.length - 1 : 0];
    }
  }
}
