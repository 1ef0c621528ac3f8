// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.identity.IdentityException.Fault;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ID-70 to ID-73: one byte read otherwise than it was signed, and no signature verifies. */
class PlcOperationTest {
  /** A row that a real directory gave to a PDS of a test network. */
  private static final String RECORDED =
      """
      {"did":"did:plc:5ffzaqkynwzm2hlmfvcf33lf","operation":{"type":"plc_operation",\
      "verificationMethods":{"atproto":"did:key:zQ3shZTcXzWLddvg8qHp7ARScRNcUmQhfH9BDRSurwPWXbPrE"},\
      "rotationKeys":["did:key:zQ3shqqa9wzsonFwaZ3NQ5d55hraa9aWRyYMvFX2SboLE1YZW"],\
      "alsoKnownAs":["at://user0.test"],"services":{"atproto_pds":{"type":\
      "AtprotoPersonalDataServer","endpoint":"http://localhost:2583"}},"prev":null,"sig":\
      "ugiSYMgL1YKwounPbTTU913D65N92DLk7gO3pKIIYmtVmzHsHo4Z2396dKH0IecTO6X7ZsW8acs4BN0vu6M81Q"},\
      "cid":"bafyreihjjoiecwdnwlgr23bniro62zimm3fjbu6beioi3xv4z6wdspmqmu","nullified":false,\
      "createdAt":"2026-11-20T03:40:37.638Z"}\
      """;

  private static PlcOperation parse(String json) {
    return PlcOperation.parse(json.getBytes(UTF_8));
  }

  private static void refuses(String json) {
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(() -> parse(json))
        .satisfies(e -> assertThat(e.fault()).isEqualTo(Fault.OPERATION));
  }

  // Ours and theirs: the directory named the DID and the CID, and a PDS made the signature.
  @Test
  void recordedOperation_hasTheDidCidAndSignatureOfTheNetwork() {
    PlcLogEntry entry = PlcLogEntry.parse(RECORDED.getBytes(UTF_8));
    PlcOperation operation = Objects.requireNonNull(entry.operation());

    assertThat(operation.cid()).isEqualTo(entry.cid());
    assertThat(operation.genesisDid()).isEqualTo(entry.did());
    assertThat(PlcAudit.of(entry.did(), List.of(entry))).isInstanceOf(PlcAudit.Valid.class);
    assertThat(entry.createdAt()).isEqualTo(Instant.parse("2026-11-20T03:40:37.638Z"));
    assertThat(entry.nullified()).isFalse();
    assertThat(entry.seq()).isNull();
  }

  @Test
  void parse_isTheReverseOfPrinting() {
    PlcOperation first = PlcLogWriter.regular(0, PlcLogWriter.state("a.example.com", 0), null);
    for (PlcOperation operation :
        List.of(
            first,
            PlcLogWriter.regular(0, PlcLogWriter.state("\u00fc\ud83d\ude00"), first),
            PlcLogWriter.tombstone(0, first),
            PlcLogWriter.create(0, 0, 1, "a.example.com", "pds.example.com"))) {
      PlcOperation read = parse(PlcLogWriter.json(operation));
      assertThat(read).isEqualTo(operation);
      assertThat(read.signedBytes()).isEqualTo(operation.signedBytes());
    }
  }

  // ID-72: the old form is signed as it is, and not as what it means.
  @Test
  void unsignedBytes_areOfTheFormThatWasSigned() {
    PlcOperation.LegacyCreate create =
        PlcLogWriter.create(0, 0, 1, "a.example.com", "pds.example.com");

    assertThat(create.unsignedBytes().toHex())
        .contains(hex("create"), hex("recoveryKey"))
        .doesNotContain(hex("rotationKeys"))
        .doesNotContain(hex("https://pds"));
    // The name and the text of the signature, each behind its head.
    assertThat(create.signedBytes().length())
        .isEqualTo(create.unsignedBytes().length() + 4 + 2 + 86);
  }

  private static String hex(String text) {
    return Bytes.wrap(text.getBytes(UTF_8)).toHex();
  }

  // ID-71.
  @ParameterizedTest
  @CsvSource({
    "alice.example.com,         https://pds.example.com, https://pds.example.com",
    "https://alice.example.com, pds.example.com,         https://pds.example.com",
    "http://alice.example.com,  http://pds.example.com,  http://pds.example.com"
  })
  void state_ofTheOldFormIsWhatItMeans(String handle, String service, String endpoint) {
    PlcState state = PlcLogWriter.create(0, 0, 1, handle, service).state();

    assertThat(state.rotationKeys())
        .containsExactly(PlcLogWriter.didKey(1), PlcLogWriter.didKey(0)); // recovery comes first
    assertThat(state.verificationMethods()).containsOnlyKeys("atproto");
    assertThat(state.signingKey()).isEqualTo(PlcLogWriter.key(0).publicKey());
    assertThat(state.alsoKnownAs()).containsExactly("at://alice.example.com");
    assertThat(state.services())
        .containsOnlyKeys("atproto_pds")
        .containsValue(new PlcState.Service("AtprotoPersonalDataServer", endpoint));
  }

  // ID-79, ID-33, ID-36: judged like a document made of it.
  @Test
  void state_isJudgedLikeADocument() {
    PlcState state =
        new PlcState(
            List.of(),
            Map.of("atproto", "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"),
            List.of("https://x", "at://Bad_Handle", "at://Alice.example.com", "at://b.example.com"),
            Map.of("atproto_pds", new PlcState.Service("Other", "https://a.example.com")));

    assertThat(state.signingKey()).isNull();
    assertThat(state.handle()).hasToString("alice.example.com");
    assertThat(state.pds(AddressPolicy.publicOnly())).isNull();
    PlcState empty = new PlcState(List.of(), Map.of(), List.of(), Map.of());
    assertThat(empty.signingKey()).isNull();
    assertThat(empty.handle()).isNull();
    assertThat(empty.pds(AddressPolicy.dev())).isNull();
  }

  // A field that is passed over, or read as something else, is signed nevertheless.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "null",
        "{",
        "{} {}",
        "{}",
        "{'type':'plc_next','prev':null,'sig':''}",
        "{'type':'plc_tombstone','prev':null,'sig':''}",
        "{'type':'plc_tombstone','prev':'x'}",
        "{'type':'plc_tombstone','sig':'x'}",
        "{'type':'plc_tombstone','prev':'x','sig':7}",
        "{'type':'plc_tombstone','prev':'x','sig':'x','more':1}",
        "{'type':'plc_tombstone','prev':'x','sig':'x','sig':'y'}",
        "{'type':'plc_tombstone','prev':'x','sig':'\\ud800'}",
        "{'type':'plc_tombstone','prev':'x','sig':1.5}",
        "{'type':7,'prev':'x','sig':'x'}"
      })
  void parse_refusesOtherShapes(String json) {
    refuses(json.replace('\'', '"'));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'rotationKeys':'x'",
        "'rotationKeys':[7]",
        "'rotationKeys':null",
        "'alsoKnownAs':{}",
        "'verificationMethods':[]",
        "'verificationMethods':{'atproto':null}",
        "'services':{'a':'b'}",
        "'services':{'a':{'type':'x'}}",
        "'services':{'a':{'type':'x','endpoint':7}}",
        "'services':{'a':{'type':'x','endpoint':'y','more':'z'}}",
        "'prev':7",
        "'sig':null"
      })
  void parse_refusesFieldsOfAnotherKind(String field) {
    String name = field.substring(0, field.indexOf(':') + 1);
    String good =
        "{'type':'plc_operation','rotationKeys':[],'verificationMethods':{},'alsoKnownAs':[],"
            + "'services':{},'prev':null,'sig':''}";
    assertThat(parse(good.replace('\'', '"'))).isInstanceOf(PlcOperation.Regular.class);
    String bad = good.replaceFirst(name + "(\\[]|\\{}|null|'')", field);

    assertThat(bad).isNotEqualTo(good);
    refuses(bad.replace('\'', '"'));
  }

  @Test
  void parse_refusesTheOldFormAnywhereButFirst() {
    String json =
        PlcLogWriter.json(PlcLogWriter.create(0, 0, 1, "a.example.com", "pds.example.com"));

    refuses(json.replace("\"prev\":null", "\"prev\":\"x\""));
  }

  @Test
  void parse_refusesOtherEncodings() {
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(() -> PlcOperation.parse("{}".getBytes(UTF_16)));
  }

  // Rows.

  @ParameterizedTest
  @CsvSource({
    "did:plc:5ffzaqkynwzm2hlmfvcf33lf, nobody",
    "bafyreihjjoiecwdnwlgr23bniro62zimm3fjbu6beioi3xv4z6wdspmqmu, bafy",
    "2026-11-20T03:40:37.638Z, yesterday",
    "createdAt, madeAt"
  })
  void entry_needsItsDidCidAndTime(String part, String other) {
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(() -> PlcLogEntry.parse(RECORDED.replace(part, other).getBytes(UTF_8)))
        .satisfies(e -> assertThat(e.fault()).isEqualTo(Fault.LOG_ENTRY));
  }

  @Test
  void entry_ofAnUnknownOperationIsOne() {
    PlcLogEntry entry =
        PlcLogEntry.parse(RECORDED.replace("plc_operation", "plc_next").getBytes(UTF_8));

    assertThat(entry.operation()).isNull();
    assertThat(PlcAudit.of(entry.did(), List.of(entry)))
        .isEqualTo(new PlcAudit.Invalid(0, PlcFault.UNREADABLE));
  }

  @Test
  void entry_mayHaveANumberAndMore() {
    String row = RECORDED.replace("\"nullified\":false", "\"seq\":7,\"type\":\"sequenced_op\"");
    PlcLogEntry entry = PlcLogEntry.parse(row.getBytes(UTF_8));

    assertThat(entry.seq()).isEqualTo(7);
    assertThat(entry.nullified()).isNull();
  }
}
