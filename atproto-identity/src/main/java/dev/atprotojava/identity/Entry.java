// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.identity.IdentityLookup.Found;
import org.jspecify.annotations.Nullable;

/**
 * What the memory holds of a DID. Immutable: what changes becomes another entry.
 *
 * <p>24 bytes, because there are millions; the few DIDs that trouble us have a larger one.
 */
sealed class Entry {
  /** The time of the next question, for entries that are marked: it has passed. */
  private static final long MARKED = Long.MIN_VALUE;

  /** Nothing is known, but what the store knows may have changed. */
  static final Entry MARK = new Entry(null, MARKED);

  private final @Nullable IdentityLookup known;
  private final long askAtMillis;

  /**
   * @param known a {@code Found}, {@code NotFound} or {@code Tombstoned}
   * @param askAtMillis until when it is told without a question
   */
  Entry(@Nullable IdentityLookup known, long askAtMillis) {
    this.known = known;
    this.askAtMillis = askAtMillis;
  }

  /** The last word on the DID, or null. */
  final @Nullable IdentityLookup known() {
    return known;
  }

  /** The identity, if that is the last word. */
  final @Nullable Identity identity() {
    return known instanceof Found found ? found.identity() : null;
  }

  /** What to tell while this is current. */
  @Nullable IdentityLookup told() {
    return known;
  }

  /**
   * Whether {@link #told} is told without a question.
   *
   * @param recoveries how often a directory has come back, see {@link Troubled}
   */
  boolean isCurrent(long nowMillis, long recoveries) {
    return nowMillis < askAtMillis;
  }

  /** Whether somebody must be asked before the identity is told again. */
  boolean isMarked() {
    return askAtMillis == MARKED;
  }

  /** The same, marked. */
  Entry marked() {
    return new Entry(known, MARKED);
  }

  /** How many times in a row the DID could not be asked for. */
  int failures() {
    return 0;
  }

  /**
   * Of a DID that could not be asked for. It is asked for again when the retry time comes, or when
   * a directory that had failed is back: then the failure was most likely not of this DID.
   */
  static final class Troubled extends Entry {
    private final IdentityLookup told;
    private final long retryAtMillis;
    private final int failures;
    private final long recoveries;
    private final boolean marked;

    /**
     * @param told an identity that is old and may still be told, or the trouble
     * @param recoveries at the time of the failure
     */
    Troubled(
        @Nullable IdentityLookup known,
        IdentityLookup told,
        long retryAtMillis,
        int failures,
        long recoveries,
        boolean marked) {
      super(known, retryAtMillis);
      this.told = told;
      this.retryAtMillis = retryAtMillis;
      this.failures = failures;
      this.recoveries = recoveries;
      this.marked = marked;
    }

    @Override
    IdentityLookup told() {
      return told;
    }

    @Override
    boolean isCurrent(long nowMillis, long recoveriesNow) {
      return super.isCurrent(nowMillis, recoveriesNow) && recoveries == recoveriesNow;
    }

    @Override
    boolean isMarked() {
      return marked;
    }

    /** Still left alone until the retry time: a mark is no reason to hope for more. */
    @Override
    Entry marked() {
      return new Troubled(known(), told, retryAtMillis, failures, recoveries, true);
    }

    @Override
    int failures() {
      return failures;
    }
  }
}
