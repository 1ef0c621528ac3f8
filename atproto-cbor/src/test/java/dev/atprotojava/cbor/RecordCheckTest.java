// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cbor.RecordCheck.Flaw;
import dev.atprotojava.cid.Cid;
import org.junit.jupiter.api.Test;

class RecordCheckTest {
  private static MapBuilder note() {
    return CborValue.map().put("$type", "com.example.note");
  }

  // JSON-10, JSON-05, JSON-07, JSON-06
  @Test
  void find_asksForAnObjectThatSaysWhatItIs() {
    assertThat(RecordCheck.find(note().build())).isNull();
    assertThat(RecordCheck.find(CborValue.array(note().build()))).isEqualTo(Flaw.NOT_AN_OBJECT);
    assertThat(RecordCheck.find(CborValue.map().build())).isEqualTo(Flaw.TYPE_MISSING);
    assertThat(RecordCheck.find(note().put("$type", 1).build())).isEqualTo(Flaw.TYPE_INVALID);
    assertThat(RecordCheck.find(note().put("$type", "").build())).isEqualTo(Flaw.TYPE_INVALID);
    MapValue main = CborValue.map().put("$type", "com.example.note#main").build();
    assertThat(RecordCheck.find(main)).isEqualTo(Flaw.TYPE_INVALID);
    assertThat(RecordCheck.find(note().put("reply", CborValue.array(main)).build()))
        .isEqualTo(Flaw.TYPE_INVALID);
  }

  // CB-11, REC-03: the codec bears an empty key, a record must not have one.
  @Test
  void find_refusesAnEmptyKeyAnywhere() {
    MapValue empty = CborValue.map().put("", 1).build();
    assertThat(CborValue.decode(empty.encode())).isEqualTo(empty);
    assertThat(RecordCheck.find(note().put("a", CborValue.array(empty)).build()))
        .isEqualTo(Flaw.EMPTY_KEY);
  }

  // JSON-08
  @Test
  void find_refusesWhatOnlyCallsItselfABlob() {
    Blob file = new Blob(Cid.ofRaw(new byte[0]), "text/plain", 0);
    assertThat(RecordCheck.find(note().put("file", file).build())).isNull();
    MapValue broken = file.toValue().toBuilder().put("size", -1).build();
    assertThat(RecordCheck.find(note().put("file", broken).build())).isEqualTo(Flaw.BLOB_INVALID);
  }

  // REC-01: bytes of DAG-CBOR count, not characters.
  @Test
  void find_refusesWhatIsTooLarge() {
    int head = note().put("t", "x".repeat(70_000)).build().encode().length() - 70_000;
    MapValue largest = note().put("t", "x".repeat(RecordCheck.MAX_BYTES - head)).build();
    assertThat(largest.encode().length()).isEqualTo(1_000_000);
    assertThat(RecordCheck.find(largest)).isNull();
    assertThat(
            RecordCheck.find(note().put("t", "x".repeat(RecordCheck.MAX_BYTES - head + 1)).build()))
        .isEqualTo(Flaw.TOO_LARGE);
  }
}
