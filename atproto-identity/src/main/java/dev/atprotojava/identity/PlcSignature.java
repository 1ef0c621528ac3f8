// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Sha256;
import dev.atprotojava.crypto.Signature;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The text form of an operation's signature: base64url of 64 bytes in its one spelling (ID-72). */
final class PlcSignature {
  private PlcSignature() {}

  /** The 64 bytes, or null if the text is not how they are written. */
  static byte @Nullable [] decode(String sig) {
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(sig);
    } catch (IllegalArgumentException notBase64) {
      return null;
    }
    // The decoder takes padding, and forgets bits behind the last byte: with them there would be
    // several texts, and so several CIDs, of one signature.
    boolean oneSpelling = encode(bytes).equals(sig);
    return oneSpelling && bytes.length == Signature.LENGTH ? bytes : null;
  }

  static String encode(byte[] signature) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
  }

  /** What is signed: the SHA-256 of the unsigned bytes. */
  static byte[] digest(PlcOperation operation) {
    Bytes bytes = operation.unsignedBytes();
    byte[] digest = new byte[Sha256.LENGTH];
    new Sha256().digest(bytes.array(), bytes.offset(), bytes.length(), digest, 0);
    return digest;
  }
}
