// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import dev.atprotojava.cid.Cid;
import dev.atprotojava.sync.AccountChain;
import dev.atprotojava.sync.ChainState;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.RecordPath;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link VerifiedFirehose} must not forget: the chain of each account, which records were
 * handed over (SC-67), and how far each stream is dealt with (SC-44).
 *
 * <p>A record is marked as doubtful before it is handed over, and known or gone when that is
 * acknowledged. Without the mark a consumer that is ended in between could keep a record for ever
 * that was deleted before anybody asked again.
 *
 * <p>The CID that an operation says a record had is not compared with the row: inversion has proved
 * it against the tree before, and the chain that these are the records of that tree.
 *
 * <p>A store belongs to one firehose at a time, and to one choice of accounts and collections.
 * Threads share it; {@link #commit} is called by one at a time. Implementations throw {@link
 * RepoStoreException}, upon which the firehose ends.
 */
public interface RepoStateStore extends AutoCloseable {
  /**
   * A record that was handed over.
   *
   * @param cid what the record was; null if what was handed over last of it is not acknowledged, so
   *     that nobody knows what the consumer has
   */
  record Row(RecordPath path, @Nullable Cid cid) {}

  /** What is to be remembered of one record. */
  sealed interface RowChange {
    /** Which record. */
    RecordPath path();

    /** The consumer has it. */
    record Known(RecordPath path, Cid cid) implements RowChange {}

    /** The consumer may have it, or not, or another value. */
    record Doubtful(RecordPath path) implements RowChange {}

    /** The consumer does not have it. */
    record Gone(RecordPath path) implements RowChange {}
  }

  /** What is to be remembered of all records of an account, before single ones. */
  enum All {
    /** What there is. */
    KEEP,
    /** The consumer may have each of them, or not. */
    DOUBT,
    /** The consumer has none. */
    FORGET,
  }

  /**
   * A change of one account. Rows of an account that is not known make it one of which only they
   * are ({@link AccountChain#unknown}).
   *
   * @param chain the chain from now on; null leaves it as it is
   * @param all what becomes of all records first
   * @param rows single records
   */
  record Change(Did did, @Nullable AccountChain chain, All all, List<RowChange> rows) {
    public Change {
      rows = List.copyOf(rows);
    }
  }

  /** How far a stream is dealt with; empty if nothing of it ever was. */
  OptionalLong cursor(String stream);

  /** The chain of an account; null if it is not known. */
  @Nullable AccountChain find(Did did);

  /**
   * Some records of an account, in the order of their paths.
   *
   * @param after the path behind which they begin; null for the first
   * @param limit how many at most
   */
  List<Row> records(Did did, @Nullable RecordPath after, int limit);

  /**
   * Some accounts that are active and not synchronized, in an order that does not change.
   *
   * @param after the account behind which they begin; null for the first
   * @param limit how many at most
   * @param unseen whether also those of which no revision was ever known, or none is any more:
   *     {@link ChainState.Cause#UNKNOWN} and {@link ChainState.Cause#PURGED}
   */
  List<Did> desynchronized(@Nullable Did after, int limit, boolean unseen);

  /**
   * Does all of this, in this order, or nothing (SC-68).
   *
   * @param cursor how far the stream is dealt with from now on; empty leaves it as it is
   */
  void commit(List<Change> changes, String stream, OptionalLong cursor);

  /** Releases what it holds. */
  @Override
  void close();
}
