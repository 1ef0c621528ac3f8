// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborException;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.DataModelJson;
import dev.atprotojava.cbor.MapBuilder;
import dev.atprotojava.cid.Cid;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.SplittableRandom;

/** DAG-CBOR: what is read and written again, and what is refused by which rule. */
final class CborCases {
  private static final String RAW_DIGEST =
      "c19a797fa1fd590cd2e5b42d1cf5f246e29b91684e2f87404b81dc345c7a56a0";
  private static final int MAX_DEPTH = 4;
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String[][] ACCEPTED = {
    {"zero", "00"},
    {"the last number in the first byte", "17"},
    {"the first number with a byte of its own", "1818"},
    {"one byte", "18ff"},
    {"two bytes", "190100"},
    {"the last of two bytes", "19ffff"},
    {"four bytes", "1a00010000"},
    {"the last of four bytes", "1affffffff"},
    {"eight bytes", "1b0000000100000000"},
    {"2^53 - 1", "1b001fffffffffffff"},
    {"2^53", "1b0020000000000000"},
    {"the largest integer", "1b7fffffffffffffff"},
    {"minus one", "20"},
    {"-24", "37"},
    {"-25", "3818"},
    {"the smallest integer", "3b7fffffffffffffff"},
    {"no bytes", "40"},
    {"no text", "60"},
    {"NUL", "6100"},
    {"U+FFFF", "63efbfbf"},
    {"U+10000", "64f0908080"},
    {"a letter, not normalized", "6365cc81"},
    {"empty array", "80"},
    {"empty map", "a0"},
    {"false", "f4"},
    {"true", "f5"},
    {"null", "f6"},
    {"two keys", "a2616100616201"},
    {"the shorter key first", "a261620062616101"},
    {"an empty key", "a16000"},
    {"a key above ASCII behind one of two letters", "a26261620062c3a901"},
    {"a link to DAG-CBOR", "d82a58250001711220" + RAW_DIGEST},
    {"a link to bytes", "d82a58250001551220" + RAW_DIGEST},
    {"a record", "a2647465787462686965247479706572636f6d2e6578616d706c652e7265636f7264"},
    {"the empty tree", "a2616580616cf6"},
  };

  private static final String[][] REFUSED = {
    {"CB-02", "a number not in its shortest form", "1801"},
    {"CB-02", "two bytes for zero", "190001"},
    {"CB-02", "four bytes for 65,535", "1a0000ffff"},
    {"CB-02", "eight bytes for 2^32 - 1", "1b00000000ffffffff"},
    {"CB-02", "minus two not in its shortest form", "3801"},
    {"CB-02", "length of bytes", "580100"},
    {"CB-02", "length of a text", "780161"},
    {"CB-02", "length of an array", "980100"},
    {"CB-02", "length of a map", "b801616100"},
    {"CB-02", "a tag in two bytes", "d9002a58250001711220" + RAW_DIGEST},
    {"CB-03", "2^63", "1b8000000000000000"},
    {"CB-03", "-2^63 - 1", "3b8000000000000000"},
    {"CB-05", "half float", "f90000"},
    {"CB-05", "single float", "fa3f800000"},
    {"CB-05", "double float", "fb3ff0000000000000"},
    {"CB-05", "not a number", "fb7ff8000000000000"},
    {"CB-05", "infinity", "f97c00"},
    {"CB-06", "undefined", "f7"},
    {"CB-06", "simple value 16", "f0"},
    {"CB-06", "simple value 32", "f820"},
    {"CB-06", "false in two bytes", "f814"},
    {"CB-06", "break", "ff"},
    {"CB-07", "bytes of no length", "5f4100ff"},
    {"CB-07", "text of no length", "7f6161ff"},
    {"CB-07", "array of no length", "9f00ff"},
    {"CB-07", "map of no length", "bf616100ff"},
    {"CB-07", "reserved head", "1c"},
    {"CB-08", "a byte that is no UTF-8", "61ff"},
    {"CB-08", "a surrogate", "63eda080"},
    {"CB-08", "NUL in two bytes", "62c080"},
    {"CB-08", "above U+10FFFF", "64f4908080"},
    {"CB-09", "a number as key", "a10100"},
    {"CB-09", "bytes as key", "a1410000"},
    {"CB-09", "a key twice", "a2616100616101"},
    {"CB-10", "b before a", "a2616200616100"},
    {"CB-10", "aa before b", "a262616100616200"},
    {"CB-13", "a link as text", "d82a6161"},
    {"CB-13", "a link of no bytes", "d82a40"},
    {"CB-13", "a link without its 00", "d82a582401711220" + RAW_DIGEST},
    {"CB-13", "a link with 01 for its 00", "d82a58250101711220" + RAW_DIGEST},
    {"CB-14", "a date", "c001"},
    {"CB-14", "a big number", "c24101"},
    {"CB-14", "a mark of CBOR", "d9d9f7a0"},
    {"CB-15", "two items", "a000"},
    {"CB-16", "nothing", ""},
    {"CB-16", "a text cut off", "6261"},
    {"CB-16", "a map cut off", "a1"},
    {"CB-16", "an array that claims the world", "9b7fffffffffffffff"},
    {"CB-16", "bytes that claim the world", "5b7fffffffffffffff00"},
    {"CID-04", "a CID of version 0", "d82a5823001220" + RAW_DIGEST},
    {"CID-04", "a digest of 31 bytes", "d82a58240001711220" + RAW_DIGEST.substring(2)},
    {"CID-04", "a byte behind the CID", "d82a58260001711220" + RAW_DIGEST + "00"},
  };

  private CborCases() {}

  static ArrayNode accepted() {
    ArrayNode cases = JsonNodeFactory.instance.arrayNode();
    for (String[] each : ACCEPTED) {
      cases.add(accepted(each[0], CborValue.decode(Bytes.fromHex(each[1]))));
    }
    return cases;
  }

  static ArrayNode refused() {
    ArrayNode cases = JsonNodeFactory.instance.arrayNode();
    for (String[] each : REFUSED) {
      Bytes bytes = Bytes.fromHex(each[2]);
      cases
          .addObject()
          .put("name", each[1])
          .put("hex", each[2])
          .put("refused", each[0])
          .put("reason", reason(bytes));
    }
    return cases;
  }

  private static String reason(Bytes bytes) {
    try {
      CborValue.decode(bytes);
    } catch (CborException e) {
      return e.reason().name();
    }
    throw new IllegalStateException("accepted: " + bytes.toHex());
  }

  static ObjectNode random(int number, SplittableRandom random) {
    return accepted("random " + number, value(random, MAX_DEPTH));
  }

  private static ObjectNode accepted(String name, CborValue value) {
    Bytes bytes = value.encode();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("name", name).put("hex", bytes.toHex());
    json.put("cid", Cid.ofDagCbor(bytes.toByteArray()).toString());
    json.set("json", json(value));
    return json;
  }

  private static JsonNode json(CborValue value) {
    try {
      return JSON.readTree(DataModelJson.print(value));
    } catch (IOException e) {
      throw new UncheckedIOException("of our own writing", e);
    }
  }

  /** A record as applications write them: small, of all types. */
  static Bytes record(SplittableRandom random) {
    MapBuilder record = CborValue.map().put("$type", "com.example.record");
    for (int i = random.nextInt(4); i > 0; i--) {
      record.put(key(random), value(random, 2));
    }
    return record.build().encode();
  }

  private static CborValue value(SplittableRandom random, int depth) {
    return switch (random.nextInt(depth > 0 ? 9 : 7)) {
      case 0 -> CborValue.of(random.nextLong() >> random.nextInt(64));
      case 1 -> CborValue.of(text(random));
      case 2 -> CborValue.of(bytes(random, random.nextInt(40)));
      case 3 -> CborValue.of(random.nextBoolean());
      case 4 -> CborValue.ofNull();
      case 5 -> CborValue.of(cid(random));
      case 6 -> CborValue.of(random.nextInt(-30, 300));
      case 7 -> {
        CborValue[] elements = new CborValue[random.nextInt(6)];
        for (int i = 0; i < elements.length; i++) {
          elements[i] = value(random, depth - 1);
        }
        yield CborValue.array(elements);
      }
      default -> {
        MapBuilder map = CborValue.map();
        for (int i = random.nextInt(6); i > 0; i--) {
          map.put(key(random), value(random, depth - 1));
        }
        yield map.build();
      }
    };
  }

  /** Never one that begins with a dollar, which would mean something in JSON (CB-12). */
  private static String key(SplittableRandom random) {
    StringBuilder key = new StringBuilder();
    for (int i = 1 + random.nextInt(6); i > 0; i--) {
      key.append((char) ('a' + random.nextInt(26)));
    }
    return key.toString();
  }

  private static String text(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(20); i > 0; i--) {
      int point =
          switch (random.nextInt(4)) {
            case 0 -> random.nextInt(0x80, 0x800);
            case 1 -> random.nextInt(0x1f300, 0x1f600);
            default -> random.nextInt(0x20, 0x7f);
          };
      text.appendCodePoint(point);
    }
    return text.toString();
  }

  static Bytes bytes(SplittableRandom random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Bytes.wrap(bytes);
  }

  static Cid cid(SplittableRandom random) {
    return Cid.ofDagCbor(bytes(random, 8).toByteArray());
  }
}
