// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.atprotojava.crypto.DidKey;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.multiformats.Base58Btc;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** DID documents and what they say, by the table of the specification's digest, 10.5. */
final class DidDocumentCases {
  private static final String DID = "did:plc:ewvi7nxzyoun6zhxrhs64oiz";
  private static final String KEY = "zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme";
  private static final String DID_KEY = "did:key:" + KEY;
  private static final String PDS = "https://pds.example.com";
  private static final String HANDLE = "alice.example.com";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ArrayNode cases = JsonNodeFactory.instance.arrayNode();

  private DidDocumentCases() {}

  static ArrayNode all() {
    DidDocumentCases all = new DidDocumentCases();
    all.keys();
    all.services();
    all.handles();
    all.whole();
    return all.cases;
  }

  private void keys() {
    key("a whole id", method(DID + "#atproto", "Multikey", DID, KEY), DID_KEY);
    key("an id that is a fragment", method("#atproto", "Multikey", DID, KEY), DID_KEY);
    key("an id of another", method("did:plc:other#atproto", "Multikey", DID, KEY), null);
    key("an id of another kind", method("#atproto_label", "Multikey", DID, KEY), null);
    key("a controller that is another", method("#atproto", "Multikey", "did:plc:other", KEY), null);
    key("a type that is not known", method("#atproto", "JsonWebKey2020", DID, KEY), null);
    key("a key that is none", method("#atproto", "Multikey", DID, "zabc"), null);
    PublicKey known = DidKey.parse(DID_KEY);
    String legacy = "EcdsaSecp256k1VerificationKey2019";
    key(
        "a key of the old type, uncompressed",
        method("#atproto", legacy, DID, "z" + Base58Btc.encode(known.uncompressed())),
        DID_KEY);
    key(
        "a key of the old type, compressed",
        method("#atproto", legacy, DID, "z" + Base58Btc.encode(known.compressed())),
        DID_KEY);
    key(
        "the second of two, the first unusable (T-44)",
        method("#atproto", "JsonWebKey2020", DID, KEY)
            + ","
            + method("#atproto", "Multikey", DID, KEY),
        DID_KEY);
    key("no keys", "", null);
  }

  private static String method(String id, String type, String controller, String key) {
    return "{'id':'%s','type':'%s','controller':'%s','publicKeyMultibase':'%s'}"
        .formatted(id, type, controller, key);
  }

  private void key(String name, String methods, @Nullable String expected) {
    add(
        name,
        methods,
        service("#atproto_pds", PDS),
        "'at://" + HANDLE + "'",
        HANDLE,
        PDS,
        expected);
  }

  private void services() {
    pds("the PDS", service("#atproto_pds", PDS), PDS);
    pds("a whole id of the service", service(DID + "#atproto_pds", PDS), PDS);
    pds("a slash at the end", service("#atproto_pds", PDS + "/"), PDS);
    pds("in clear text", service("#atproto_pds", "http://pds.example.com"), null);
    pds("with a path", service("#atproto_pds", PDS + "/path"), null);
    pds("with a user", service("#atproto_pds", "https://user@pds.example.com"), null);
    pds("another scheme", service("#atproto_pds", "ftp://pds.example.com"), null);
    pds("no address", service("#atproto_pds", "pds.example.com"), null);
    pds("a number for a host", service("#atproto_pds", "https://192.0.2.1"), null);
    pds("another service", service("#atproto_labeler", PDS), null);
    pds(
        "an endpoint that is an object",
        service("#atproto_pds", PDS).replace("'" + PDS + "'", "{'uri':'" + PDS + "'}"),
        null);
    pds(
        "the second of two, the first of another type",
        service("#atproto_pds", "https://other.example.com").replace("Personal", "Personel")
            + ","
            + service("#atproto_pds", PDS),
        PDS);
    pds("no services", "", null);
  }

  private static String service(String id, String endpoint) {
    return "{'id':'%s','type':'AtprotoPersonalDataServer','serviceEndpoint':'%s'}"
        .formatted(id, endpoint);
  }

  private void pds(String name, String services, @Nullable String expected) {
    add(
        name,
        method("#atproto", "Multikey", DID, KEY),
        services,
        "'at://" + HANDLE + "'",
        HANDLE,
        expected,
        DID_KEY);
  }

  private void handles() {
    handle("a handle", "'at://alice.example.com'", HANDLE);
    handle(
        "the first that is one (T-52)",
        "'https://x','at://Bad_Handle','at://alice.example.com','at://b.example.com'",
        HANDLE);
    handle("a handle with a slash behind it", "'at://alice.example.com/'", null);
    handle("a handle with a path", "'at://alice.example.com/path'", null);
    handle("no handles", "", null);
  }

  private void handle(String name, String aliases, @Nullable String expected) {
    add(
        name,
        method("#atproto", "Multikey", DID, KEY),
        service("#atproto_pds", PDS),
        aliases,
        expected,
        PDS,
        DID_KEY);
  }

  private void whole() {
    refused("another DID (ID-02)", "{'id':'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa'}");
    refused("no id (ID-02)", "{'alsoKnownAs':[]}");
    refused("an array (ID-02)", "[]");
    refused("a text (ID-02)", "'" + DID + "'");
    add("nothing but the id", json("{'id':'" + DID + "'}"), null, null, null);
  }

  private void refused(String name, String document) {
    ObjectNode json = cases.addObject().put("name", name).put("did", DID).put("refused", "ID-02");
    json.set("document", json(document));
  }

  private void add(
      String name,
      String methods,
      String services,
      String aliases,
      @Nullable String handle,
      @Nullable String pds,
      @Nullable String key) {
    String document =
        "{'id':'%s','alsoKnownAs':[%s],'verificationMethod':[%s],'service':[%s]}"
            .formatted(DID, aliases, methods, services);
    add(name, json(document), handle, pds, key);
  }

  private void add(
      String name,
      JsonNode document,
      @Nullable String handle,
      @Nullable String pds,
      @Nullable String key) {
    ObjectNode json = cases.addObject().put("name", name).put("did", DID);
    json.set("document", document);
    json.put("handle", handle).put("pds", pds).put("signingKey", key);
  }

  private static JsonNode json(String quoted) {
    try {
      return JSON.readTree(quoted.replace('\'', '"'));
    } catch (IOException e) {
      throw new UncheckedIOException("of our own writing", e);
    }
  }
}
