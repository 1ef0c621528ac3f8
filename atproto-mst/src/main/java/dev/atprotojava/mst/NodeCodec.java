// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.mst;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborException;
import dev.atprotojava.cbor.CborLimits;
import dev.atprotojava.cbor.CborReader;
import dev.atprotojava.cbor.CborWriter;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.cid.CidCodec;
import dev.atprotojava.cid.Sha256;
import dev.atprotojava.mst.MstException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Nodes as blocks (MST-10 to MST-14), and what is none (MST-13, MST-15, MST-16):
 *
 * <pre>
 *   {"e": [{"k": own part of the key, "p": length of the part shared with the key before,
 *           "t": link behind the entry or null, "v": value} ...],
 *    "l": link before the first entry or null}
 * </pre>
 *
 * <p>A block is a node only if encoding the node gives the block again (MST-22). One instance holds
 * the buffers of one worker. Not thread-safe.
 */
final class NodeCodec {
  static final int MAX_KEY_LENGTH = 1024;
  static final int MAX_ENTRIES = 1024;

  private static final byte[] E = name("e");
  private static final byte[] K = name("k");
  private static final byte[] L = name("l");
  private static final byte[] P = name("p");
  private static final byte[] T = name("t");
  private static final byte[] V = name("v");
  private static final byte[] NO_KEY = new byte[0];

  private final CborReader in = new CborReader(new CborLimits(5 << 20, 4, 1 << 17, 1));
  private final CborWriter out = new CborWriter(4096);
  private final Sha256 sha256;
  private final byte[] scratch = new byte[Sha256.LENGTH];

  NodeCodec(Sha256 sha256) {
    this.sha256 = sha256;
  }

  private static byte[] name(String name) {
    return name.getBytes(StandardCharsets.US_ASCII);
  }

  int heightOf(byte[] key) {
    return KeyHeight.of(key, 0, key.length, sha256, scratch);
  }

  /**
   * Reads a block whose CID has been checked. All its links are stubs.
   *
   * @param height the level it must have, or -1 for a root, whose keys say it
   * @throws MstException if it is no valid node of that height
   */
  Node decode(byte[] block, int offset, int length, int height, Cid cid) {
    try {
      return read(block, offset, length, height, cid);
    } catch (CborException e) {
      throw new MstException(Reason.NOT_A_NODE);
    }
  }

  private Node read(byte[] block, int offset, int length, int height, Cid cid) {
    in.reset(block, offset, length);
    require(in.readMap() == 2 && in.nextKey() && in.keyIs(E));
    int count = in.readArray();
    if (count > MAX_ENTRIES) {
      throw new MstException(Reason.TOO_MANY_ENTRIES);
    }
    byte[][] keys = new byte[count][];
    Cid[] values = new Cid[count];
    @Nullable Subtree[] links = new @Nullable Subtree[count + 1];
    byte[] before = NO_KEY;
    int own = height;
    for (int i = 0; in.nextElement(); i++) {
      require(in.readMap() == 4 && in.nextKey() && in.keyIs(K));
      in.readBytesSpan();
      int suffixOffset = in.spanOffset();
      int suffixLength = in.spanLength();
      require(in.nextKey() && in.keyIs(P));
      before = key(before, in.readInteger(), block, suffixOffset, suffixLength);
      int keyHeight = heightOf(before);
      if (own != keyHeight && own >= 0) {
        throw new MstException(Reason.KEY_HEIGHT);
      }
      own = keyHeight;
      keys[i] = before;
      require(in.nextKey() && in.keyIs(T));
      links[i + 1] = readLink(own);
      require(in.nextKey() && in.keyIs(V));
      values[i] = in.readLink();
      require(!in.nextKey());
    }
    require(in.nextKey() && in.keyIs(L));
    if (count == 0 && height < 0) { // a root without keys is the empty tree, or wrong (MST-20)
      if (!in.tryReadNull()) {
        in.readLinkSpan();
        throw new MstException(Reason.EMPTY_NODE);
      }
      own = 0;
    } else {
      links[0] = readLink(own);
      require(count > 0 || links[0] != null, Reason.EMPTY_NODE);
    }
    require(!in.nextKey());
    in.requireEnd();
    return new Node(own, keys, values, links, cid);
  }

  /** The whole key of an entry, greater than the one before (MST-12 to MST-17). */
  private static byte[] key(
      byte[] before, long prefix, byte[] block, int suffixOffset, int suffixLength) {
    require(prefix >= 0 && prefix <= before.length && suffixLength > 0, Reason.KEY_PREFIX);
    int shared = (int) prefix;
    require(shared + suffixLength <= MAX_KEY_LENGTH, Reason.KEY_LENGTH);
    if (shared < before.length) {
      // Were the next byte equal the prefix could be longer; were it less the key would be.
      int order = Byte.toUnsignedInt(block[suffixOffset]) - Byte.toUnsignedInt(before[shared]);
      require(order != 0, Reason.KEY_PREFIX);
      require(order > 0, Reason.KEY_ORDER);
    }
    byte[] key = Arrays.copyOf(before, shared + suffixLength);
    System.arraycopy(block, suffixOffset, key, shared, suffixLength);
    return key;
  }

  private @Nullable Subtree readLink(int height) {
    if (in.tryReadNull()) {
      return null;
    }
    require(height > 0, Reason.TOO_LOW);
    Cid cid = in.readLink();
    require(cid.isBlessedDagCbor(), Reason.LINK);
    return new Subtree.Stub(cid);
  }

  /** The CID of a subtree, computing those of the nodes below that have none yet. */
  Cid cidOf(Subtree subtree) {
    return switch (subtree) {
      case Subtree.Stub stub -> stub.cid();
      case Node node -> {
        Cid cid = node.cid;
        if (cid == null) {
          encode(node);
          cid = Cid.of(CidCodec.DAG_CBOR, out.array(), 0, out.length(), sha256);
          node.cid = cid;
        }
        yield cid;
      }
    };
  }

  /** The block of a node. */
  Bytes blockOf(Node node) {
    encode(node);
    return out.toBytes();
  }

  private void encode(Node node) {
    for (Subtree link : node.links) {
      if (link != null) {
        cidOf(link); // before this node's own bytes go into the buffer that all nodes share
      }
    }
    out.clear().writeMap(2).writeText(E).writeArray(node.keys.length);
    byte[] before = NO_KEY;
    for (int i = 0; i < node.keys.length; i++) {
      byte[] key = node.keys[i];
      int shared = Math.max(0, Arrays.mismatch(before, key));
      out.writeMap(4).writeText(K).writeBytes(key, shared, key.length - shared);
      out.writeText(P).writeInteger(shared).writeText(T);
      writeLink(node.links[i + 1]);
      out.writeText(V).writeLink(node.values[i]);
      before = key;
    }
    out.writeText(L);
    writeLink(node.links[0]);
  }

  private void writeLink(@Nullable Subtree link) {
    if (link == null) {
      out.writeNull();
    } else {
      out.writeLink(cidOf(link));
    }
  }

  private static void require(boolean condition) {
    require(condition, Reason.NOT_A_NODE);
  }

  private static void require(boolean condition, Reason reason) {
    if (!condition) {
      throw new MstException(reason);
    }
  }
}
