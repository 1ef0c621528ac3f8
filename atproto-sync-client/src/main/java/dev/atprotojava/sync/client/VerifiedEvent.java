// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.RecordPath;
import dev.atprotojava.syntax.Tid;

/**
 * What a {@link VerifiedFirehose} hands over. Each may come more than once, so that whoever takes
 * them does with each what makes no difference when it is done twice: set the record of a path,
 * remove it, set the status of an account.
 *
 * <p>Records come as the bytes that their CIDs name, signed for by the account. Whether they are
 * what their collection says is for the application to check, and to pass over those that are not
 * even DAG-CBOR (SC-58, SC-93).
 */
public sealed interface VerifiedEvent {
  /** The account. */
  Did did();

  /** A change of one record. */
  sealed interface RecordChange extends VerifiedEvent {
    /** Collection and key of the record. */
    RecordPath path();

    /** The revision of the repository with this change, or of the one that was fetched. */
    Tid rev();
  }

  /** What a record is from now on, for whoever keeps it by its path. */
  sealed interface RecordPut extends RecordChange {
    /** The hash of the record. */
    Cid cid();

    /** The record, in DAG-CBOR. */
    Bytes record();
  }

  /** A record that was not there before. */
  record Created(Did did, Tid rev, RecordPath path, Cid cid, Bytes record) implements RecordPut {}

  /** Another value for a record. */
  record Updated(Did did, Tid rev, RecordPath path, Cid cid, Bytes record) implements RecordPut {}

  /** A record that is there no more. */
  record Deleted(Did did, Tid rev, RecordPath path) implements RecordChange {}

  /**
   * The repository was fetched, and all that was different has been handed over: until the next
   * event of this account its records are exactly those that were handed over.
   */
  record Synchronized(Did did, Tid rev) implements VerifiedEvent {}

  /**
   * The account has another status (SC-80 ff.). Without an active one its records must not be
   * shown.
   *
   * <p>{@link AccountStatus#DELETED} takes all of its records back, at once and without a {@code
   * Deleted} for each. Should the account return, they come again.
   */
  record StatusChanged(Did did, AccountStatus status) implements VerifiedEvent {}

  /**
   * The identity of the account may have changed: its handle, server or key. Whoever shows one asks
   * a directory again, which knows of this already.
   */
  record IdentityChanged(Did did) implements VerifiedEvent {}
}
