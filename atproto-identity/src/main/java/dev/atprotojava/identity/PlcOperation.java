// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.multiformats.Base32;
import dev.atprotojava.syntax.Did;
import org.jspecify.annotations.Nullable;

/**
 * A signed operation of did:plc: one change of a DID, as its owner signed it (ID-70).
 *
 * <p>An operation in hand has the right shape, nothing more. Whether its signature is one of a key
 * that may sign it is the question of a whole log: {@link PlcAudit}.
 *
 * <pre>
 *   signed bytes     canonical DAG-CBOR of the operation as a map of its fields, sig included
 *   unsigned bytes   the same without sig: what the signature is of (ID-72)
 *   CID              of the signed bytes; the next operation's prev (ID-73)
 *   DID              did:plc: and 24 characters of base32 of the SHA-256 of the first one's
 * </pre>
 *
 * <p>Source: the did:plc specification.
 */
public sealed interface PlcOperation {
  /** The largest operation, in signed bytes, that a directory has ever taken (ID-76). */
  int MAX_BYTES = 7_500;

  /**
   * The form of today, {@code plc_operation}.
   *
   * @param prev the CID of the operation that it follows, or null for the first
   * @param sig base64url, as it came
   */
  record Regular(PlcState state, @Nullable String prev, String sig) implements PlcOperation {}

  /**
   * The first operation of a DID in the form of the beginning, {@code create}. The texts are as
   * they were signed; {@link #state} is what they mean (ID-71).
   *
   * @param sig base64url, as it came
   */
  record LegacyCreate(
      String signingKey, String recoveryKey, String handle, String service, String sig)
      implements PlcOperation {
    @Override
    public PlcState state() {
      return PlcState.ofLegacy(this);
    }

    @Override
    public @Nullable String prev() {
      return null;
    }
  }

  /**
   * The end of a DID, {@code plc_tombstone}.
   *
   * @param prev the CID of the operation that it follows
   * @param sig base64url, as it came
   */
  record Tombstone(String prev, String sig) implements PlcOperation {
    @Override
    public @Nullable PlcState state() {
      return null;
    }
  }

  /**
   * The operation in some bytes of JSON.
   *
   * @throws IdentityException with the fault {@code OPERATION} if it is none: another type, a field
   *     too few or too many, or of another kind
   */
  static PlcOperation parse(byte[] json) {
    return PlcJson.operation(PlcJson.tree(json, IdentityException.Fault.OPERATION));
  }

  /** What it says about the DID, or null if it ends it. */
  @Nullable PlcState state();

  /** The CID of the operation that it follows, or null if it is the first of its DID. */
  @Nullable String prev();

  /** The signature in base64url, as it came. */
  String sig();

  /** What the signature is of: DAG-CBOR of the operation in its own form, without it (ID-72). */
  default Bytes unsignedBytes() {
    return PlcCbor.encode(this, false);
  }

  /** DAG-CBOR of the operation. */
  default Bytes signedBytes() {
    return PlcCbor.encode(this, true);
  }

  /** The CID of {@link #signedBytes} (ID-73). */
  default Cid cid() {
    return Cid.ofDagCbor(signedBytes().toByteArray());
  }

  /** The DID that begins with this operation (ID-73), whether or not this is a first one. */
  default Did genesisDid() {
    byte[] digest = new byte[32];
    cid().writeDigest(digest, 0);
    return Did.parse("did:plc:" + Base32.encode(digest).substring(0, 24));
  }
}
