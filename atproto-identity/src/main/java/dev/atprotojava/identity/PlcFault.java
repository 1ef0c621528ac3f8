// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

/** Why an operation cannot stand at its place in a log of did:plc (ID-72 to ID-76). */
public enum PlcFault {
  /** There is no operation at all. */
  EMPTY,
  /** The row is of another DID. */
  OTHER_DID,
  /** What the row holds is no operation that can be read (ID-70). */
  UNREADABLE,
  /** The operation is larger than {@value PlcOperation#MAX_BYTES} bytes (ID-76). */
  TOO_LARGE,
  /** The row names another CID than its operation has (ID-73). */
  WRONG_CID,
  /** The operation is in the log already. */
  REPEATED,
  /** The first operation follows another one (ID-74). */
  NOT_GENESIS,
  /** The first operation does not make this DID (ID-73). */
  WRONG_DID,
  /** A later operation follows none (ID-74). */
  SECOND_GENESIS,
  /** The operation follows one that the log does not have (ID-74). */
  PREV_UNKNOWN,
  /** The operation follows one that was taken back (ID-74). */
  PREV_NULLIFIED,
  /** The operation follows the end of the DID (ID-74). */
  PREV_TOMBSTONED,
  /** It is not later than the one that the directory took before it (ID-74). */
  NOT_LATER,
  /** The signature is not 64 bytes in base64url without padding (ID-72). */
  SIGNATURE_MALFORMED,
  /** The signature is of none of the rotation keys in force (ID-74), or has a high S (ID-72). */
  SIGNATURE_INVALID,
  /** It would take back what a key of the same or a higher rank has signed (ID-75). */
  RECOVERY_KEY_TOO_WEAK,
  /** It would take back what is older than 72 hours (ID-75). */
  RECOVERY_TOO_LATE,
  /** The directory says it was taken back, and it was not; or the reverse (ID-75). */
  NULLIFIED_MISMATCH
}
