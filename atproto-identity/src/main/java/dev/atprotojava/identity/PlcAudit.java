// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.syntax.Did;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an audit of a PLC operation log came to: a log that a DID's owner signed step by step, or
 * the first step that nobody had a right to. It says whether the directory can have invented a
 * state; only another copy of the log says whether it has left something out.
 *
 * <p>Source: the did:plc specification, "Operation Signing, Encoding and Validation".
 */
public sealed interface PlcAudit {

  /** Every step is in order. */
  record Valid(PlcOperationLog log) implements PlcAudit {}

  /**
   * One is not.
   *
   * @param index of its row, from 0
   */
  record Invalid(int index, PlcFault fault) implements PlcAudit {}

  /**
   * Audits a log.
   *
   * @param log all rows of the DID, those that were taken back included, in the order of their
   *     times: what {@code /log/audit} of a directory answers. A log without them audits, too, if
   *     its flags say so.
   */
  static PlcAudit of(Did did, List<PlcLogEntry> log) {
    if (log.isEmpty()) {
      return new Invalid(0, PlcFault.EMPTY);
    }
    PlcOperationLog replay = PlcOperationLog.of(did);
    for (int i = 0; i < log.size(); i++) {
      PlcFault fault = replay.add(log.get(i));
      if (fault != null) {
        return new Invalid(i, fault);
      }
    }
    // Only now: what is taken back is known at the end.
    for (int i = 0; i < log.size(); i++) {
      @Nullable Boolean claimed = log.get(i).nullified();
      if (claimed != null && claimed != (replay.steps().get(i).nullifiedAt() != null)) {
        return new Invalid(i, PlcFault.NULLIFIED_MISMATCH);
      }
    }
    return new Valid(replay);
  }
}
