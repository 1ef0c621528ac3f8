// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.DataModelJson;
import dev.atprotojava.cbor.JsonException;
import dev.atprotojava.cbor.JsonException.Reason;
import dev.atprotojava.cid.Cid;
import java.util.Base64;

/** Records as JSON and as DAG-CBOR, and their CIDs. */
class DataModelVectorsTest {
  @VectorFile("data-model/data-model-fixtures.json")
  void fixture_hasItsBytesAndItsCid(JsonNode fixture) {
    CborValue.MapValue record = DataModelJson.parseRecord(fixture.get("json").toString());
    Bytes encoded = Bytes.wrap(Base64.getDecoder().decode(fixture.get("cbor_base64").textValue()));
    assertThat(record.encode()).isEqualTo(encoded);
    assertThat(Cid.ofDagCbor(encoded.toByteArray())).hasToString(fixture.get("cid").textValue());

    CborValue decoded = CborValue.decode(encoded);
    assertThat(decoded).isEqualTo(record);
    assertThat(DataModelJson.parse(DataModelJson.print(decoded)).encode()).isEqualTo(encoded);
  }

  @VectorFile("data-model/data-model-valid.json")
  void json_valid(JsonNode example) {
    CborValue.MapValue record = DataModelJson.parseRecord(example.get("json").toString());
    assertThat(CborValue.decode(record.encode())).isEqualTo(record);
    assertThat(DataModelJson.parseRecord(DataModelJson.print(record))).isEqualTo(record);
  }

  // For the reason that the note gives, not for some other.
  @VectorFile("data-model/data-model-invalid.json")
  void json_invalid(JsonNode example) {
    String note = example.get("note").textValue();
    JsonException refused =
        catchThrowableOfType(
            JsonException.class, () -> DataModelJson.parseRecord(example.get("json").toString()));
    assertThat(refused).as(note).isNotNull();
    assertThat(refused.reason()).as(note).isEqualTo(reason(note));
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
      default -> throw new AssertionError("a new kind of case: " + note);
    };
  }
}
