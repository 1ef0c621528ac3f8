// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.identity;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.crypto.K256PublicKey;
import dev.atprotojava.crypto.P256PublicKey;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.identity.Identity;
import dev.atprotojava.identity.PlcState;
import dev.atprotojava.syntax.Did;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a DID.
 *
 * @param key the signing key as the bytes of a multikey, without the multibase letter: two bytes of
 *     the codec, then the compressed point
 * @param pds the origin of the account's server
 * @param handle the handle that is claimed
 * @param atMillis as of when this is known
 * @param stale whether it may have changed since
 * @param gone whether the DID was ended, or is not there; then there is nothing else
 */
record IdentityRow(
    Did did,
    @Nullable Bytes key,
    @Nullable String pds,
    @Nullable String handle,
    long atMillis,
    boolean stale,
    boolean gone) {
  private static final int CODEC_BYTES = 2;
  private static final byte[] K256_CODEC = {(byte) 0xe7, 0x01};
  private static final byte[] P256_CODEC = {(byte) 0x80, 0x24};

  static IdentityRow of(Identity identity, boolean stale) {
    return new IdentityRow(
        identity.did(),
        bytes(identity.signingKey()),
        text(identity.pds()),
        text(identity.handle()),
        identity.fetchedAt().toEpochMilli(),
        stale,
        false);
  }

  /** What a state of a did:plc says, with the server that it names. */
  static IdentityRow of(Did did, PlcState state, @Nullable String pds, long atMillis) {
    return new IdentityRow(
        did, bytes(state.signingKey()), pds, text(state.handle()), atMillis, false, false);
  }

  /** The DID was ended, or is not there. */
  static IdentityRow gone(Did did, long atMillis) {
    return new IdentityRow(did, null, null, null, atMillis, false, true);
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }

  private static @Nullable Bytes bytes(@Nullable PublicKey key) {
    return switch (key) {
      case null -> null;
      case K256PublicKey k256 -> multikey(K256_CODEC, k256.compressed());
      case P256PublicKey p256 -> multikey(P256_CODEC, p256.compressed());
    };
  }

  private static Bytes multikey(byte[] codec, byte[] point) {
    byte[] bytes = new byte[CODEC_BYTES + point.length];
    System.arraycopy(codec, 0, bytes, 0, CODEC_BYTES);
    System.arraycopy(point, 0, bytes, CODEC_BYTES, point.length);
    return Bytes.wrap(bytes);
  }

  /**
   * The key.
   *
   * @throws RuntimeException if it is none
   */
  @Nullable PublicKey publicKey() {
    if (key == null) {
      return null;
    }
    if (key.length() != CODEC_BYTES + PublicKey.COMPRESSED_LENGTH) {
      throw new IllegalStateException("a stored key has " + key.length() + " bytes");
    }
    byte[] point = key.slice(CODEC_BYTES, PublicKey.COMPRESSED_LENGTH).toByteArray();
    return key.slice(0, CODEC_BYTES).equals(Bytes.wrap(K256_CODEC))
        ? K256PublicKey.parse(point)
        : P256PublicKey.parse(point);
  }

  /** Whether both say the same of the DID, whenever they said it. */
  boolean saysTheSameAs(IdentityRow other) {
    return gone == other.gone
        && Objects.equals(key, other.key)
        && Objects.equals(pds, other.pds)
        && Objects.equals(handle, other.handle);
  }
}
