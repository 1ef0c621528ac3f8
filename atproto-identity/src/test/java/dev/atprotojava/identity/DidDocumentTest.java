// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import static dev.atprotojava.identity.SampleDocument.DID;
import static dev.atprotojava.identity.SampleDocument.LEGACY_KEY;
import static dev.atprotojava.identity.SampleDocument.MULTIKEY;
import static dev.atprotojava.identity.SampleDocument.OTHER_MULTIKEY;
import static dev.atprotojava.identity.SampleDocument.P256_MULTIKEY;
import static dev.atprotojava.identity.SampleDocument.method;
import static dev.atprotojava.identity.SampleDocument.sample;
import static dev.atprotojava.identity.SampleDocument.service;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.atprotojava.crypto.DidKey;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.identity.IdentityException.Fault;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Handle;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The table of 10.5, row by row, and the rules ID-30 to ID-37. A reader that is too strict breaks
 * accounts; one that is too lenient takes another account's key for ours.
 */
class DidDocumentTest {
  private static final PublicKey KEY = DidKey.parseMultikey(MULTIKEY);

  private static String key(String id, String type, String multibase) {
    return method(id, type, DID.toString(), multibase);
  }

  @Test
  void parse_readsWhatADirectoryAnswers() {
    DidDocument document = sample().parse();

    assertThat(document.did()).isEqualTo(DID);
    assertThat(document.handle()).isEqualTo(Handle.parse("alice.example.com"));
    assertThat(document.pds()).hasToString("https://pds.example.com");
    assertThat(document.signingKey()).isEqualTo(KEY);
    assertThat(document.json()).isEqualTo(sample().json());
  }

  // ID-13: replicas leave the context out and write whole ids.
  @Test
  void parse_readsWhatAReplicaAnswers() {
    String json =
        sample()
            .withServices(
                service(
                    DID + "#atproto_pds", "AtprotoPersonalDataServer", "https://pds.example.com"))
            .json()
            .replaceFirst("\"@context\":\\[[^]]*],", "");

    DidDocument document = parse(json);

    assertThat(json).doesNotContain("@context");
    assertThat(document.pds()).hasToString("https://pds.example.com");
    assertThat(document.signingKey()).isEqualTo(KEY);
  }

  @Test
  void identity_takesEverythingOver() {
    Instant fetchedAt = Instant.parse("2030-01-02T03:04:05.006Z");

    Identity identity = sample().parse().identity(fetchedAt);

    assertThat(identity)
        .isEqualTo(
            Identity.of(
                DID,
                Handle.parse("alice.example.com"),
                PdsEndpoint.parse("https://pds.example.com", AddressPolicy.publicOnly()),
                KEY,
                fetchedAt));
    assertThat(identity.isUsable()).isTrue(); // ID-35
  }

  // Keys.

  // ID-31: relative and absolute, and no other DID's.
  @Test
  void signingKey_isFoundUnderBothFormsOfId() {
    assertThat(keyOf(key("#atproto", "Multikey", MULTIKEY))).isEqualTo(KEY);
    assertThat(keyOf(key(DID + "#atproto", "Multikey", MULTIKEY))).isEqualTo(KEY);
  }

  // T-43: a prefix match would take the key of whoever puts his DID in front.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "did:plc:other234567other234567ot#atproto",
        "did:plc:ewvi7nxzyoun6zhxrhs64oizX#atproto",
        "did:plc:ewvi7nxzyoun6zhxrhs64oi#atproto",
        "atproto",
        "#atproto_pds",
        "#atproto2",
        "#Atproto",
        "##atproto",
        "#",
        ""
      })
  void signingKey_ofAnotherIdIsIgnored(String id) {
    assertThat(keyOf(key(id, "Multikey", MULTIKEY))).isNull();
  }

  // ID-32, T-44: each of these is a damaged entry before a good one.
  @Test
  void signingKey_isTheFirstValidOne() {
    String good = key("#atproto", "Multikey", MULTIKEY);
    String[] damaged = {
      method("#atproto", "Multikey", "did:plc:other234567other234567ot", OTHER_MULTIKEY),
      key("#atproto", "JsonWebKey2020", OTHER_MULTIKEY),
      key("#atproto", "multikey", OTHER_MULTIKEY),
      key("#atproto", "Multikey", "z0OIl"),
      key("#atproto", "Multikey", ""),
      key("#atproto", "Multikey", OTHER_MULTIKEY.substring(1)),
      key("#atproto", "Multikey", LEGACY_KEY),
      key("#atproto", "Multikey", "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"),
      key("#atproto", "Multikey", "z" + "2".repeat(5_000)),
      "{\"id\":\"#atproto\",\"type\":\"Multikey\",\"controller\":\"" + DID + "\"}",
      "{\"id\":\"#atproto\",\"type\":\"Multikey\",\"publicKeyMultibase\":\""
          + OTHER_MULTIKEY
          + "\"}",
      "{\"id\":\"#atproto\",\"controller\":\"" + DID + "\",\"publicKeyMultibase\":\"zQ3\"}",
      key("#atproto", "Multikey", "7").replace("\"7\"", "7"),
      key("#atproto", "Multikey", "7").replace("\"7\"", "{\"a\":[1]}"),
      "{\"id\":null,\"type\":[],\"controller\":{}}",
      "{}",
      "\"#atproto\"",
      "null",
      "7",
      "[" + key("#atproto", "Multikey", OTHER_MULTIKEY) + "]"
    };
    for (String entry : damaged) {
      assertThat(keyOf(entry, good)).as(entry).isEqualTo(KEY);
      assertThat(keyOf(entry)).as(entry).isNull();
    }
  }

  @Test
  void signingKey_afterTheFirstValidOneIsIgnored() {
    assertThat(
            keyOf(
                key("#atproto", "Multikey", MULTIKEY),
                key(DID + "#atproto", "Multikey", OTHER_MULTIKEY)))
        .isEqualTo(KEY);
  }

  // CR-21 to CR-24, T-40.
  @Test
  void signingKey_ofTheOldTypeIsTheSameKey() {
    assertThat(keyOf(key("#atproto", "EcdsaSecp256k1VerificationKey2019", LEGACY_KEY)))
        .isEqualTo(KEY);
  }

  @Test
  void signingKey_mayBeOfTheOtherCurve() {
    assertThat(keyOf(key("#atproto", "Multikey", P256_MULTIKEY)))
        .isEqualTo(DidKey.parseMultikey(P256_MULTIKEY));
  }

  // Servers.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://pds.example.com",
        "https://pds.example.com/",
        "https://pds.example.com:443",
        "HTTPS://PDS.Example.COM:443/"
      })
  void pds_isNormalised(String endpoint) {
    assertThat(sample().withEndpoint(endpoint).parse().pds())
        .hasToString("https://pds.example.com");
  }

  @Test
  void pds_keepsItsPort() {
    PdsEndpoint pds = sample().withEndpoint("https://pds.example.com:8443").parse().pds();

    assertThat(pds).hasToString("https://pds.example.com:8443");
    assertThat(AddressPolicy.publicOnly().allowsPort(8443)).isFalse(); // ID-62
  }

  @Test
  void pds_mayHaveTheWholeId() {
    assertThat(
            sample()
                .withServices(
                    service(DID + "#atproto_pds", "AtprotoPersonalDataServer", "https://a.com"))
                .parse()
                .pds())
        .hasToString("https://a.com");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://pds.example.com",
        "https://pds.example.com/path",
        "https://pds.example.com//",
        "https://pds.example.com?a",
        "https://pds.example.com/?a",
        "https://pds.example.com#a",
        "https://user@pds.example.com",
        "https://user:secret@pds.example.com",
        "ftp://pds.example.com",
        "wss://pds.example.com",
        "pds.example.com",
        "//pds.example.com",
        "/pds",
        "https://",
        "https:///",
        "https://192.0.2.1",
        "https://8.8.8.8",
        "https://[2606:4700::1]",
        "https://0x7f.1",
        "https://2130706433",
        "https://localhost",
        "https://pds.internal",
        "https://pds.test",
        "https://pds.example.com:0",
        "https://pds.example.com:65536",
        "https://pds.example.com:",
        "https://pds.example.com:0443",
        "https://pds.example.com:99999999999999999999",
        "https://pds.example.com:443:443",
        "https://pds_1.example.com",
        "https://pds.example.com.",
        "https://.example.com",
        "https://pds%2eexample.com",
        "https://pds.example.com\\\\evil.com",
        " https://pds.example.com",
        "https://pds.example.com ",
        "https://pds.exämple.com",
        ""
      })
  void pds_isNoneIfTheEndpointIsNoOrigin(String endpoint) {
    assertThat(sample().withEndpoint(endpoint).parse().pds()).isNull();
  }

  // ID-34.
  @ParameterizedTest
  @ValueSource(strings = {"{\"uri\":\"https://a.com\"}", "[\"https://a.com\"]", "7", "null"})
  void pds_isNoneIfTheEndpointIsNoText(String json) {
    String entry = service("#atproto_pds", "AtprotoPersonalDataServer", "X").replace("\"X\"", json);

    assertThat(sample().withServices(entry).parse().pds()).isNull();
  }

  // ID-33, T-43: the type decides with the id, and the endpoint of the first such entry is the one.
  @Test
  void pds_isThatOfTheFirstEntryWithOurIdAndType() {
    String wrongType = service("#atproto_pds", "BskyNotificationService", "https://a.com");
    String wrongId = service("#bsky_notif", "AtprotoPersonalDataServer", "https://b.com");
    String noEndpoint = service("#atproto_pds", "AtprotoPersonalDataServer", "nowhere");
    String good = service("#atproto_pds", "AtprotoPersonalDataServer", "https://c.com");

    assertThat(sample().withServices(wrongType, wrongId, good).parse().pds())
        .hasToString("https://c.com");
    assertThat(sample().withServices(noEndpoint, good).parse().pds()).isNull();
    assertThat(sample().withServices(wrongType, wrongId).parse().pds()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:2583",
        "http://localhost",
        "http://pds:3000",
        "http://127.0.0.1:2583",
        "http://[::1]:2583",
        "https://pds.test"
      })
  void pds_mayBeLocalInDevelopment(String endpoint) {
    assertThat(sample().withEndpoint(endpoint).parseInDev().pds()).hasToString(endpoint);
  }

  // Handles.

  // ID-36.
  @Test
  void handle_isTheFirstThatIsOne() {
    assertThat(
            handleOf(
                "[\"https://x\",\"at://Bad_Handle\",\"at://alice.example.com\",\"at://b.example.com\"]"))
        .isEqualTo(Handle.parse("alice.example.com"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "at://alice.example.com/",
        "at://alice.example.com/app.bsky.feed.post",
        "at://alice.example.com?a",
        "at://alice.example.com#a",
        "at:alice.example.com",
        "AT://alice.example.com",
        " at://alice.example.com",
        "alice.example.com",
        "at://did:plc:ewvi7nxzyoun6zhxrhs64oiz",
        "at://"
      })
  void handle_withAnythingAroundIsNone(String name) {
    assertThat(handleOf("[\"" + name + "\"]")).isNull();
  }

  @Test
  void handle_isInLowerCase() {
    assertThat(handleOf("[\"at://Alice.Example.com\"]"))
        .isEqualTo(Handle.parse("alice.example.com"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"null", "\"at://alice.example.com\"", "{}", "[null,7,{},[\"at://a.com\"]]"})
  void handle_isNoneIfThereIsNoListOfTexts(String json) {
    assertThat(handleOf(json)).isNull();
  }

  // Documents.

  // ID-30: seen in the wild, or allowed by the DID specification.
  @Test
  void parse_passesOverWhatItDoesNotKnow() {
    DidDocument document =
        parse(
            """
            {"authentication":null,"x":{"y":[{"z":1.5e3}]},"verificationMethod":null,
             "service":{"id":"#atproto_pds"},"keyAgreement":[[[]]],"id":"%s"}\
            """
                .formatted(DID));

    assertThat(document.signingKey()).isNull();
    assertThat(document.pds()).isNull();
    assertThat(document.handle()).isNull();
    assertThat(document.identity(Instant.EPOCH).isUsable()).isFalse();
  }

  @Test
  void parse_takesTheIdFromAnywhere() {
    String json = sample().json().replace("\"id\":\"" + DID + "\",\"also", "\"also");
    String idLast = json.substring(0, json.length() - 1) + ",\"id\":\"" + DID + "\"}";

    assertThat(parse(idLast).signingKey()).isEqualTo(KEY);
  }

  // ID-02: else one directory's mistake, or one host's lie, is another account's key.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"did:plc:other234567other234567ot\"",
        "\"did:plc:EWVI7NXZYOUN6ZHXRHS64OIZ\"",
        "\"did:plc:ewvi7nxzyoun6zhxrhs64oiz \"",
        "\"did:plc:ewvi7nxzyoun6zhxrhs64oiz#atproto\"",
        "null",
        "7",
        "[\"did:plc:ewvi7nxzyoun6zhxrhs64oiz\"]"
      })
  void parse_refusesTheDocumentOfAnotherDid(String id) {
    refuses(
        sample().json().replace("\"id\":\"" + DID + "\",\"also", "\"id\":" + id + ",\"also"),
        Fault.WRONG_ID);
  }

  @Test
  void parse_refusesADocumentOfNobody() {
    refuses("{}", Fault.WRONG_ID);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "7",
        "\"a\"",
        "[]",
        "<html></html>",
        "{",
        "{\"id\"",
        "{\"id\":\"x\"",
        "{\"id\":\"x\",}",
        "{'id':'x'}",
        "{id:\"x\"}",
        "{\"a\":NaN}",
        "{\"a\":01}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\t\"}",
        "{} {}",
        "{}]",
        "{}x",
        "/**/{}"
      })
  void parse_refusesWhatIsNotAJsonObject(String json) {
    refuses(json, Fault.MALFORMED);
  }

  // Two readers that disagree on which of two keys counts disagree on who may sign.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\":\"did:plc:ewvi7nxzyoun6zhxrhs64oiz\",\"id\":\"did:plc:ewvi7nxzyoun6zhxrhs64oiz\"}",
        "{\"a\":1,\"\\u0061\":2}",
        "{\"x\":{\"y\":[{\"z\":1,\"z\":1}]}}",
        "{\"verificationMethod\":[{\"id\":\"#atproto\",\"type\":\"a\",\"type\":\"b\"}]}"
      })
  void parse_refusesARepeatedKey(String json) {
    refuses(json, Fault.MALFORMED);
  }

  @Test
  void parse_refusesOtherEncodings() {
    refuses(sample().json().getBytes(UTF_16), Fault.MALFORMED);
    byte[] latin1 = sample().withNames("[\"?\"]").bytes();
    latin1[new String(latin1, UTF_8).indexOf('?')] = (byte) 0xe4;
    refuses(latin1, Fault.MALFORMED);
  }

  @Test
  void parse_takesTheLargestDocumentAndRefusesOneByteMore() {
    String json = sample().json();
    String filled = json + " ".repeat(DidDocument.MAX_BYTES - json.length());

    assertThat(parse(filled).signingKey()).isEqualTo(KEY);
    refuses(filled + " ", Fault.TOO_LARGE);
  }

  @Test
  void parse_takesTheDeepestDocumentAndRefusesOneLevelMore() {
    String deepest = "[".repeat(31) + "]".repeat(31);

    assertThat(parse(withMember(deepest)).signingKey()).isEqualTo(KEY);
    refuses(withMember("[" + deepest + "]"), Fault.TOO_COMPLEX);
    refuses(withMember("{\"a\":".repeat(100_000 / 5)), Fault.TOO_COMPLEX);
  }

  private static String withMember(String value) {
    String json = sample().json();
    return json.substring(0, json.length() - 1) + ",\"x\":" + value + "}";
  }

  private static @Nullable PublicKey keyOf(String... entries) {
    return sample().withMethods(entries).parse().signingKey();
  }

  private static @Nullable Handle handleOf(String names) {
    return sample().withNames(names).parse().handle();
  }

  private static DidDocument parse(String json) {
    return DidDocument.parse(DID, json.getBytes(UTF_8), AddressPolicy.publicOnly());
  }

  private static void refuses(String json, Fault fault) {
    refuses(json.getBytes(UTF_8), fault);
  }

  private static void refuses(byte[] json, Fault fault) {
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(() -> DidDocument.parse(DID, json, AddressPolicy.publicOnly()))
        .satisfies(
            e -> {
              assertThat(e.fault()).isEqualTo(fault);
              // Strangers cause these, and logs must not carry their words.
              assertThat(e.getStackTrace()).isEmpty();
              assertThat(e.getMessage()).doesNotContain("plc").hasSizeLessThan(100);
            });
  }

  @Test
  void parse_worksForWebDids() {
    Did web = Did.parse("did:web:alice.example.com");

    DidDocument document =
        DidDocument.parse(web, SampleDocument.of(web).bytes(), AddressPolicy.publicOnly());

    assertThat(document.did()).isEqualTo(web);
    assertThat(document.signingKey()).isEqualTo(KEY);
  }
}
