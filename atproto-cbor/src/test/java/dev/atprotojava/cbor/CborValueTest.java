// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cid.Cid;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CborValueTest {
  private static final Cid FILE = Cid.ofRaw(new byte[] {7});
  private static final String HALF = "\ud800";

  private final MapValue record =
      CborValue.map()
          .put("text", "hi")
          .put("n", -7)
          .put("yes", true)
          .put("raw", Bytes.fromHex("00ff"))
          .put("link", FILE)
          .put("image", new Blob(FILE, "image/png", 3))
          .putNull("gone")
          .put("list", CborValue.array(CborValue.of(1), CborValue.ofNull()))
          .put("map", CborValue.map().build())
          .build();

  // Damage: an accessor that looks under another key, or converts what it finds.
  @Test
  void find_givesWhatWasPut() {
    assertThat(record.findText("text")).isEqualTo("hi");
    assertThat(record.findInteger("n")).hasValue(-7);
    assertThat(record.findBoolean("yes")).isTrue();
    assertThat(record.findBytes("raw")).isEqualTo(Bytes.fromHex("00ff"));
    assertThat(record.findLink("link")).isEqualTo(FILE);
    assertThat(record.findBlob("image")).isEqualTo(new Blob(FILE, "image/png", 3));
    assertThat(record.findArray("list")).containsExactly(CborValue.of(1), CborValue.ofNull());
    assertThat(record.findMap("map")).isEqualTo(new MapValue(Map.of()));
    assertThat(record.find("gone")).isEqualTo(CborValue.ofNull()); // CB-17: not absent
    assertThat(record.find("none")).isNull();
  }

  @Test
  void find_givesNothingOfAnotherType() {
    for (String key : List.of("gone", "none", "list")) {
      assertThat(record.findText(key)).isNull();
      assertThat(record.findInteger(key)).isEmpty();
      assertThat(record.findBoolean(key)).isNull();
      assertThat(record.findBytes(key)).isNull();
      assertThat(record.findLink(key)).isNull();
      assertThat(record.findBlob(key)).isNull();
      assertThat(record.findMap(key)).isNull();
    }
    assertThat(record.findArray("text")).isNull();
  }

  // CB-18, CB-21, CB-22: a tree keeps what nobody asked for, and gives back the same bytes.
  @Test
  void decode_keepsUnknownFields() {
    Bytes bytes = record.encode();
    assertThat(CborValue.decode(bytes).encode()).isEqualTo(bytes);
    MapValue more = record.toBuilder().put("$extra", 1).build(); // CB-12
    assertThat(CborValue.decode(more.encode())).isEqualTo(more).isNotEqualTo(record);
    assertThat(more.toBuilder().remove("$extra").build()).isEqualTo(record);
    CborWriter passedOn = new CborWriter().writeArray(1);
    passedOn.writeEncoded(bytes.array(), bytes.offset(), bytes.length());
    assertThat(passedOn.toBytes()).isEqualTo(CborValue.array(record).encode());
  }

  // CB-10, T-16: the first character of two bytes, and of three, is not one byte shorter.
  @Test
  void keyOrder_countsTheBytesOfEachCharacter() {
    assertThat(List.of("z", "ab", "\u0080", "abc", "\u0800", "\ud800\udc00"))
        .isSortedAccordingTo(CborValue.KEY_ORDER);
    assertThat(List.of("\u007f", "\u07ff", "\uffff")).isSortedAccordingTo(CborValue.KEY_ORDER);
  }

  // CB-22: every kind of item, written one behind the other as callers write them.
  @Test
  void writer_goesOnFromEachItem() {
    Bytes bytes = Bytes.fromHex("ff0102").slice(1, 2);
    Cid cid = Cid.ofDagCbor(new byte[] {1});
    CborWriter out = new CborWriter().writeArray(8);
    out.writeBytes(bytes)
        .writeBytes(bytes.toByteArray())
        .writeBytes(bytes.array(), 2, 1)
        .writeLink(cid)
        .writeBoolean(true)
        .writeNull()
        .writeEncoded(bytes.array(), 1, 1)
        .writeText("a");
    assertThat(out.toBytes().toHex())
        .isEqualTo("8842010242010241" + "02" + "d82a582500" + cidHex(cid) + "f5f6016161");
    assertThat(out.clear().writeInteger(-1).toBytes().toHex()).isEqualTo("20");
  }

  private static String cidHex(Cid cid) {
    return Bytes.wrap(cid.toByteArray()).toHex();
  }

  // CB-10: the order in which a map is made is not the order in which it is written.
  @Test
  void map_isInCanonicalOrderHoweverItWasMade() {
    Map<String, CborValue> backwards = new TreeMap<>(CborValue.KEY_ORDER.reversed());
    backwards.putAll(record.entries());
    MapValue same = new MapValue(backwards);
    assertThat(same).isEqualTo(record).hasSameHashCodeAs(record);
    assertThat(List.copyOf(same.entries().keySet())).isSortedAccordingTo(CborValue.KEY_ORDER);
    assertThat(same.encode()).isEqualTo(record.encode());
  }

  @Test
  void map_doesNotChangeAfterwards() {
    Map<String, CborValue> entries = new LinkedHashMap<>();
    entries.put("a", CborValue.of(1));
    MapValue map = new MapValue(entries);
    entries.put("b", CborValue.of(2));
    assertThat(map.entries()).hasSize(1);
    assertThatThrownBy(() -> map.entries().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  // spec.md 1.6
  @Test
  void cid_isThatOfTheBlock() {
    assertThat(CborValue.map().put("text", "hi").put("$type", "com.example.record").build().cid())
        .hasToString("bafyreibybqnfkzfsvx3uscrkg4kqyiiaalbe3cloluq6vfm2qtqm4dbmti");
  }

  // CB-15: the one place where two items stand one behind the other reads them one by one.
  @Test
  void read_leavesWhatFollows() {
    CborReader in = new CborReader().reset(Bytes.fromHex("a1626f700105"));
    assertThat(CborValue.read(in)).isEqualTo(CborValue.map().put("op", 1).build());
    assertThat(in.position()).isEqualTo(5);
    assertThat(CborValue.read(in)).isEqualTo(CborValue.of(5));
    in.requireEnd();
  }

  @Test
  void decode_keepsToItsLimits() {
    Bytes nested = CborValue.array(CborValue.array()).encode();
    assertThat(CborValue.decode(nested)).isEqualTo(CborValue.array(CborValue.array()));
    CborLimits flat = new CborLimits(100, 1, 10, 10);
    assertThat(
            catchThrowableOfType(CborException.class, () -> CborValue.decode(nested, flat))
                .reason())
        .isEqualTo(CborException.Reason.TOO_DEEP);
  }

  // CB-08: the JDK would write a question mark, and another text would be signed.
  @Test
  void text_refusesHalfASurrogatePair() {
    for (String text : List.of(HALF, "\udc00", "a" + HALF + "b", "\udc00\ud800", HALF + HALF)) {
      assertThatThrownBy(() -> CborValue.of(text)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> new CborWriter().writeText(text))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> CborValue.map().put(text, 1).build())
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> Bytes.ofUtf8(text)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(CborValue.of("\ud83d\ude00").encode().toHex()).isEqualTo("64f09f9880");
  }
}
