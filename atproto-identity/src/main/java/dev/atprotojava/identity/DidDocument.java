// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.identity.IdentityException.Fault;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Handle;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a DID resolves to, as far as the AT Protocol reads it: a handle, a server, a signing key.
 *
 * <p>Reading is lenient (ID-30): members that are unknown, missing, null or of an unexpected type
 * are passed over, and so are entries that are not ours. Of several keys or handles the first valid
 * one counts (ID-32, ID-36, T-44), of several servers the first, valid or not (ID-33). Refused is
 * only what is no document of this DID at all: see {@link IdentityException.Fault}.
 *
 * <p>Source: atproto.com/specs/did.
 */
public final class DidDocument {
  /** The largest document, in bytes (ID-05). */
  public static final int MAX_BYTES = 256 * 1024;

  /** The deepest nesting, in levels (ID-05). */
  public static final int MAX_DEPTH = 32;

  private final Did did;
  private final @Nullable Handle handle;
  private final @Nullable PdsEndpoint pds;
  private final @Nullable PublicKey signingKey;
  private final String json;

  DidDocument(
      Did did,
      @Nullable Handle handle,
      @Nullable PdsEndpoint pds,
      @Nullable PublicKey signingKey,
      String json) {
    this.did = did;
    this.handle = handle;
    this.pds = pds;
    this.signingKey = signingKey;
    this.json = json;
  }

  /**
   * The document in some bytes of JSON.
   *
   * @param did whose document it must be
   * @param policy which endpoints are servers that may be asked
   * @throws IdentityException if it is not a document of this DID
   */
  public static DidDocument parse(Did did, byte[] json, AddressPolicy policy) {
    if (json.length > MAX_BYTES) {
      throw new IdentityException(
          Fault.TOO_LARGE, "DID document of " + json.length + " bytes, limit " + MAX_BYTES);
    }
    return new DocumentReader(did, policy).read(utf8(json));
  }

  // JSON of the network is UTF-8; the parser would guess other encodings, too.
  private static String utf8(byte[] json) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
    } catch (CharacterCodingException e) {
      throw new IdentityException(Fault.MALFORMED, "DID document is not UTF-8");
    }
  }

  /** Whose document this is. */
  public Did did() {
    return did;
  }

  /** The first handle that is claimed, in lower case, or null (ID-36). */
  public @Nullable Handle handle() {
    return handle;
  }

  /** The account's server, or null (ID-33, ID-34). */
  public @Nullable PdsEndpoint pds() {
    return pds;
  }

  /** The key that signs the account's commits, or null (ID-32). */
  public @Nullable PublicKey signingKey() {
    return signingKey;
  }

  /** The document as it came. */
  public String json() {
    return json;
  }

  /**
   * The part that is worth remembering.
   *
   * @param fetchedAt when the document was asked for
   */
  public Identity identity(Instant fetchedAt) {
    return Identity.of(did, handle, pds, signingKey, fetchedAt);
  }
}
