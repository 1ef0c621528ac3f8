// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.mst;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.testing.Gen;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.SortedMap;
import java.util.TreeMap;

/** Keys and trees for tests. */
final class Keys {
  static final Cid LEAF = Cid.parse("bafyreie5cvv4h45feadgeuwhbcutmh6t2ceseocckahdoe6uat64zmz454");

  static final Comparator<Bytes> ORDER =
      (a, b) -> Arrays.compareUnsigned(a.toByteArray(), b.toByteArray());

  private Keys() {}

  static Bytes key(String text) {
    return Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The short forms of spec.md 2.8. */
  static Bytes record(String rkey) {
    String full = rkey.length() == 3 ? "3jqfcqzm" + rkey + "2j" : rkey;
    return key("com.example.record/" + full);
  }

  /** A short key; one of four is no text, and has bytes that a signed order would misplace. */
  static Bytes random(Gen gen) {
    if (gen.oneIn(4)) {
      return Bytes.wrap(gen.bytes(1 + gen.nextInt(3))); // MST-04, MST-05
    }
    return key(
        switch (gen.nextInt(3)) {
          case 0 -> "app.bsky.feed.post/3l" + gen.text("234567abcdefghij", 6);
          case 1 -> gen.text("ab", 1 + gen.nextInt(8));
          default -> "c/" + gen.nextInt(1 << 12);
        });
  }

  static Cid value(Gen gen) {
    return gen.oneIn(10)
        ? Cid.ofRaw(gen.bytes(4)) // CID-07: whatever was there is kept
        : Cid.ofDagCbor(gen.bytes(4));
  }

  static SortedMap<Bytes, Cid> map() {
    return new TreeMap<>(ORDER);
  }
}
