// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import org.jspecify.annotations.Nullable;

/**
 * One operation of a {@code #commit}, as the message says it. Whether its fields fit together is
 * for {@link CommitVerifier} to say (MST-50).
 *
 * @param action what was done
 * @param path the record's path, UTF-8 that has not been checked
 * @param cid the new CID of the record, absent on a delete
 * @param prev the CID it had before, absent on a create
 */
public record RepoOp(Action action, Bytes path, @Nullable Cid cid, @Nullable Cid prev) {
  /** What was done to a record. */
  public enum Action {
    CREATE,
    UPDATE,
    DELETE,
    /** A word that the protocol does not have. */
    UNKNOWN,
  }
}
