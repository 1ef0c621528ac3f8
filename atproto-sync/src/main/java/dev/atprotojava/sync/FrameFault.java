// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

/** Why a message gives no event. */
public enum FrameFault {
  /** Not CBOR, or CBOR that DAG-CBOR has no form for. */
  NOT_CBOR,
  /** Not a header map and a body map (SC-20). */
  NOT_TWO_MAPS,
  /** A header without an {@code op}, or without a {@code t} where there must be one (SC-21). */
  HEADER,
  /** A required field is missing. */
  MISSING_FIELD,
  /** A field of another type than it should have. */
  FIELD_TYPE,
  /** A {@code seq} outside 1 to 2^53 - 1 (SC-40). */
  SEQ_RANGE,
  /** A DID that is none, or a did:plc or did:web that is not in lower case (T-36). */
  BAD_DID,
  /** A {@code rev} or {@code since} that is no TID. */
  BAD_REV,
  /** More operations than allowed (SC-31). */
  TOO_MANY_OPS,
}
