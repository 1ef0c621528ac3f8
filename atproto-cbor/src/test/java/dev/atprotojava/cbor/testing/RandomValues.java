// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor.testing;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.cid.CidCodec;
import dev.atprotojava.testing.Gen;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Random values of the data model. */
public final class RandomValues {
  private RandomValues() {}

  /** Any value, with at most {@code depth} containers around one another. */
  public static CborValue value(Gen gen, int depth) {
    return switch (gen.nextInt(depth == 0 ? 6 : 8)) {
      case 0 -> new CborValue.IntegerValue(gen.anyMagnitude());
      case 1 -> new CborValue.BytesValue(Bytes.wrap(gen.bytes()));
      case 2 -> new CborValue.TextValue(gen.text());
      case 3 -> new CborValue.LinkValue(link(gen));
      case 4 -> new CborValue.BooleanValue(gen.oneIn(2));
      case 5 -> new CborValue.NullValue();
      case 6 -> {
        List<CborValue> elements = new ArrayList<>();
        for (int i = gen.nextInt(6); i > 0; i--) {
          elements.add(value(gen, depth - 1));
        }
        yield new CborValue.ArrayValue(elements);
      }
      default -> map(gen, depth);
    };
  }

  /** A map with at most {@code depth} containers around one another, itself the first of them. */
  public static CborValue.MapValue map(Gen gen, int depth) {
    Map<String, CborValue> entries = new TreeMap<>();
    for (int i = gen.nextInt(6); i > 0; i--) {
      String key = gen.oneIn(2) ? gen.text("abc", gen.nextInt(4)) : gen.text();
      entries.put(key, value(gen, depth - 1));
    }
    return new CborValue.MapValue(entries);
  }

  /** Any CID, also of a kind that the protocol does not write. */
  public static Cid link(Gen gen) {
    if (gen.oneIn(4)) { // CID-09: another codec and hash
      byte[] exotic = {1, 0x70, 0x13, 4, 9, 9, 9, 9};
      return Cid.decodeAny(exotic, 0, exotic.length);
    }
    return Cid.ofDigest(gen.oneOf(CidCodec.values()), gen.bytes(32), 0);
  }
}
