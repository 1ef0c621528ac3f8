// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

import static java.util.Objects.requireNonNull;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.mst.MstChange;

/**
 * What a commit did to one record (MST-50). {@code path} is the key in the tree, as UTF-8; whether
 * it has the syntax of a path is for whoever made the operation to check.
 */
public sealed interface RecordOp {
  /** The key of the record. */
  Bytes path();

  /** The operation that makes a change of a tree. */
  static RecordOp of(MstChange change) {
    Cid before = change.before();
    Cid after = change.after();
    if (before == null) {
      return new Create(change.key(), requireNonNull(after));
    }
    return after == null
        ? new Delete(change.key(), before)
        : new Update(change.key(), after, before);
  }

  /** A record that was not there before. */
  record Create(Bytes path, Cid cid) implements RecordOp {}

  /** Another value for a record; {@code prev} is the CID it had. */
  record Update(Bytes path, Cid cid, Cid prev) implements RecordOp {}

  /** A record that is there no more; {@code prev} is the CID it had. */
  record Delete(Bytes path, Cid prev) implements RecordOp {}
}
