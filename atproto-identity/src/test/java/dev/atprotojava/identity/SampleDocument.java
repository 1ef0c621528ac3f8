// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.atprotojava.syntax.Did;

/** A DID document, by its parts. Each part is JSON, so that a test can put anything there. */
record SampleDocument(String id, String names, String methods, String services) {
  static final Did DID = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");

  /** The legacy and the Multikey form of one key (CR-24). */
  static final String MULTIKEY = "zQ3shXjHeiBuRCKmM36cuYnm7YEMzhGnCmCyW92sRJ9pribSF";

  static final String LEGACY_KEY =
      "zQYEBzXeuTM9UR3rfvNag6L3RNAs5pQZyYPsomTsgQhsxLdEgCrPTLgFna8yqCnxPpNT7DBk6Ym3dgPKNu86vt9GR";

  /** Of CR-08. */
  static final String P256_MULTIKEY = "zDnaembgSGUhZULN2Caob4HLJPaxBh92N7rtH21TErzqf8HQo";

  static final String OTHER_MULTIKEY = "zQ3shqwJEJyMBsBXCWyCBpUBMqxcon9oHB7mCvx4sSpMdLJwc";

  /** As the PLC directory answers. */
  static SampleDocument of(Did did) {
    return new SampleDocument(
        "\"" + did + "\"",
        "[\"at://alice.example.com\"]",
        "[" + method(did + "#atproto", "Multikey", did.toString(), MULTIKEY) + "]",
        "["
            + service("#atproto_pds", "AtprotoPersonalDataServer", "https://pds.example.com")
            + "]");
  }

  static SampleDocument sample() {
    return of(DID);
  }

  static String method(String id, String type, String controller, String key) {
    return "{\"id\":\"%s\",\"type\":\"%s\",\"controller\":\"%s\",\"publicKeyMultibase\":\"%s\"}"
        .formatted(id, type, controller, key);
  }

  static String service(String id, String type, String endpoint) {
    return "{\"id\":\"%s\",\"type\":\"%s\",\"serviceEndpoint\":\"%s\"}"
        .formatted(id, type, endpoint);
  }

  SampleDocument withNames(String json) {
    return new SampleDocument(id, json, methods, services);
  }

  SampleDocument withMethods(String... entries) {
    return new SampleDocument(id, names, "[" + String.join(",", entries) + "]", services);
  }

  SampleDocument withServices(String... entries) {
    return new SampleDocument(id, names, methods, "[" + String.join(",", entries) + "]");
  }

  /** With one service, of our kind, at this endpoint. */
  SampleDocument withEndpoint(String endpoint) {
    return withServices(service("#atproto_pds", "AtprotoPersonalDataServer", endpoint));
  }

  String json() {
    return """
        {"@context":["https://www.w3.org/ns/did/v1"],"id":%s,"alsoKnownAs":%s,\
        "verificationMethod":%s,"service":%s}"""
        .formatted(id, names, methods, services);
  }

  byte[] bytes() {
    return json().getBytes(UTF_8);
  }

  DidDocument parse() {
    return DidDocument.parse(DID, bytes(), AddressPolicy.publicOnly());
  }

  DidDocument parseInDev() {
    return DidDocument.parse(DID, bytes(), AddressPolicy.dev());
  }
}
