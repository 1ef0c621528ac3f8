// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.DataModelJson;
import dev.atprotojava.cbor.JsonException;
import dev.atprotojava.cbor.JsonException.Reason;
import dev.atprotojava.cid.Cid;
import java.util.List;

/** Records as JSON and as DAG-CBOR, and their CIDs. */
final class DataModelVectors {
  static final List<VectorClaim> CLAIMS =
      List.of(
          VectorClaim.objects(
              "data-model/data-model-fixtures.json", "cid", DataModelVectors::fixture),
          VectorClaim.objects("data-model/data-model-valid.json", "note", DataModelVectors::valid),
          VectorClaim.objects(
              "data-model/data-model-invalid.json", "note", DataModelVectors::invalid));

  private DataModelVectors() {}

  private static Verdict fixture(Fields fixture) {
    CborValue.MapValue record = DataModelJson.parseRecord(fixture.node("json").toString());
    Bytes encoded = fixture.base64("cbor_base64");
    Expect.same("the encoding", record.encode().toHex(), encoded.toHex());
    Expect.same("the CID", Cid.ofDagCbor(encoded.toByteArray()).toString(), fixture.text("cid"));

    CborValue decoded = CborValue.decode(encoded);
    Expect.same("what was decoded", decoded, record);
    Expect.same(
        "the encoding by way of our JSON",
        DataModelJson.parse(DataModelJson.print(decoded)).encode(),
        encoded);
    return Verdict.PASSED;
  }

  private static Verdict valid(Fields example) {
    CborValue.MapValue record = DataModelJson.parseRecord(example.node("json").toString());
    Expect.same("what was decoded", CborValue.decode(record.encode()), record);
    Expect.same(
        "what our JSON says", DataModelJson.parseRecord(DataModelJson.print(record)), record);
    return Verdict.PASSED;
  }

  // For the reason that the note gives, not for some other.
  private static Verdict invalid(Fields example) {
    JsonException refused =
        Expect.refused(
            JsonException.class,
            "the record",
            () -> DataModelJson.parseRecord(example.node("json").toString()));
    Expect.same("the reason", refused.reason(), reason(example.text("note")));
    return Verdict.PASSED;
  }

  private static Reason reason(String note) {
    if (note.contains("$type")) {
      return Reason.TYPE;
    }
    return switch (note.substring(0, note.contains(" ") ? note.indexOf(' ') : note.length())) {
      case "top-level" -> Reason.NOT_AN_OBJECT;
      case "float" -> Reason.FRACTION;
      case "blob" -> Reason.BLOB;
      case "bytes" -> Reason.BYTES;
      case "link" -> Reason.LINK;
      default -> throw new Mismatch("a new kind of case");
    };
  }
}
