// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.cbor.CborValue.ArrayValue;
import dev.atprotojava.cbor.CborValue.IntegerValue;
import dev.atprotojava.cbor.CborValue.LinkValue;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cbor.CborValue.TextValue;
import dev.atprotojava.cid.Cid;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BlobTest {
  private static final Cid FILE = Cid.ofRaw(new byte[] {1});

  private static MapValue blob(Cid ref, long size) {
    return new MapValue(
        Map.of(
            "$type", new TextValue("blob"),
            "ref", new LinkValue(ref),
            "mimeType", new TextValue("image/png"),
            "size", new IntegerValue(size)));
  }

  private static MapValue old(String cid) {
    return new MapValue(Map.of("cid", new TextValue(cid), "mimeType", new TextValue("image/png")));
  }

  // JSON-12: an image in a reply in a list must be found by code that knows no schema.
  @Test
  void findAll_findsBothFormsAtAnyDepth() {
    MapValue record =
        new MapValue(
            Map.of(
                "a", new ArrayValue(List.of(blob(FILE, 0), new IntegerValue(1))),
                "bb", new MapValue(Map.of("c", old(FILE.toString()))),
                "ccc", new TextValue("blob")));
    assertThat(Blob.findAll(record))
        .containsExactly(
            new Blob(FILE, "image/png", 0), new Blob(FILE, "image/png", Blob.UNKNOWN_SIZE));
    assertThat(Blob.findAll(blob(FILE, 5))).containsExactly(new Blob(FILE, "image/png", 5));
  }

  // JSON-08, JSON-09: written in the form it was read in.
  @Test
  void toValue_isWhatItWasReadFrom() {
    assertThat(new Blob(FILE, "image/png", 5).toValue()).isEqualTo(blob(FILE, 5));
    Blob legacy = new Blob(FILE, "image/png", Blob.UNKNOWN_SIZE);
    assertThat(legacy.isLegacy()).isTrue();
    assertThat(legacy.toValue()).isEqualTo(old(FILE.toString()));
  }

  // CID-02: a blob is a file, and a record never is one.
  @Test
  void blob_cannotBeMadeOfWhatIsNone() {
    Cid record = Cid.ofDagCbor(new byte[] {1});
    assertThatThrownBy(() -> new Blob(record, "image/png", 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Blob(FILE, "", 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Blob(FILE, "image/png", -2))
        .isInstanceOf(IllegalArgumentException.class);
  }

  // JSON-09: what only looks like a blob must be no failure, and none.
  @Test
  void findAll_passesOverWhatIsNone() {
    assertThat(Blob.findAll(blob(FILE, -1))).isEmpty();
    assertThat(Blob.findAll(blob(Cid.ofDagCbor(new byte[] {1}), 1))).isEmpty();
    assertThat(Blob.findAll(old("bafkrei"))).isEmpty();
    MapValue withMore =
        new MapValue(
            Map.of(
                "cid", new TextValue(FILE.toString()),
                "mimeType", new TextValue("image/png"),
                "alt", new TextValue("")));
    assertThat(Blob.findAll(withMore)).isEmpty();
  }
}
