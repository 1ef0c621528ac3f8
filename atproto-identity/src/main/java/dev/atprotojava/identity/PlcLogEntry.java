// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.cid.Cid;
import dev.atprotojava.identity.IdentityException.Fault;
import dev.atprotojava.syntax.Did;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A row of a PLC directory's log: an operation, and what the directory says about it. Believe it
 * after a {@link PlcAudit}, not before: the operation is signed, the rest is not, and the time is
 * the directory's word even then.
 *
 * @param did whose log it is in
 * @param operation the operation; null if it is none that can be read, such as one of a type to
 *     come, which an audit refuses and a reader of the export may pass over
 * @param cid the operation's, by the directory's word
 * @param nullified whether a later operation took it back; null where the directory does not say,
 *     as in its sequenced export
 * @param createdAt when the directory took it, in milliseconds
 * @param seq its number in the sequenced export, else null (ID-77)
 */
public record PlcLogEntry(
    Did did,
    @Nullable PlcOperation operation,
    Cid cid,
    @Nullable Boolean nullified,
    Instant createdAt,
    @Nullable Long seq) {
  /** The longest row that is looked at, in bytes of JSON. */
  public static final int MAX_BYTES = 64 * 1024;

  /**
   * The row in some bytes of JSON: a line of the export.
   *
   * @throws IdentityException with the fault {@code LOG_ENTRY} if it is none, or larger than
   *     {@value #MAX_BYTES} bytes
   */
  public static PlcLogEntry parse(byte[] json) {
    if (json.length > MAX_BYTES) {
      throw new IdentityException(
          Fault.LOG_ENTRY, "PLC log entry of " + json.length + " bytes, limit " + MAX_BYTES);
    }
    return PlcJson.entry(PlcJson.tree(json, Fault.LOG_ENTRY));
  }
}
