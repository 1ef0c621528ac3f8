// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.identity;

import dev.atprotojava.crypto.SigningKey;
import dev.atprotojava.syntax.Did;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Rows of a directory's export, whose signatures nobody looks at here. */
final class ExportLines {
  static final Instant START = Instant.parse("2024-01-01T00:00:00Z");
  static final SigningKey OLD_KEY = key(1);
  static final SigningKey NEW_KEY = key(2);

  private static final String CID = "bafyreie5cvv4h45feadgeuwhbcutmh6t2ceseocckahdoe6uat64zmz454";

  private final List<String> lines = new ArrayList<>();

  private static SigningKey key(int number) {
    return SigningKey.parseK256(HexFormat.of().parseHex("%064x".formatted(number)));
  }

  /** One of a billion. */
  static Did did(int number) {
    StringBuilder text = new StringBuilder("did:plc:");
    for (int i = 0; i < 24; i++) {
      int digit = i < 6 ? number >>> (5 * i) & 31 : i;
      text.append("abcdefghijklmnopqrstuvwxyz234567".charAt(digit));
    }
    return Did.parse(text.toString());
  }

  static Instant at(long second) {
    return START.plusSeconds(second);
  }

  ExportLines sets(Did did, SigningKey key, String pds, String handle, long second) {
    return sets(did, key, pds, handle, second, false);
  }

  ExportLines sets(
      Did did, SigningKey key, String pds, String handle, long second, boolean nullified) {
    return add(
        did,
        """
        {"type":"plc_operation","rotationKeys":["%1$s"],"verificationMethods":{"atproto":"%1$s"},\
        "alsoKnownAs":["at://%2$s"],"services":{"atproto_pds":{"type":"AtprotoPersonalDataServer",\
        "endpoint":"%3$s"}},"prev":null,"sig":"c2ln"}"""
            .formatted(key.publicKey().toDidKey(), handle, pds),
        second,
        nullified);
  }

  ExportLines ends(Did did, long second) {
    return add(
        did,
        "{\"type\":\"plc_tombstone\",\"prev\":\"%s\",\"sig\":\"c2ln\"}".formatted(CID),
        second,
        false);
  }

  ExportLines add(Did did, String operation, long second, boolean nullified) {
    lines.add(
        "{\"did\":\"%s\",\"operation\":%s,\"cid\":\"%s\",\"nullified\":%s,\"createdAt\":\"%s\"}"
            .formatted(did, operation, cid(lines.size()), nullified, at(second)));
    return this;
  }

  /** Of each row another: a reader knows rows that come twice by it. */
  private static String cid(int number) {
    return dev.atprotojava.cid.Cid.ofDagCbor(
            Integer.toString(number).getBytes(StandardCharsets.UTF_8))
        .toString();
  }

  List<String> lines() {
    return lines;
  }

  InputStream stream() {
    String text = String.join("\n", lines) + "\n";
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }
}
