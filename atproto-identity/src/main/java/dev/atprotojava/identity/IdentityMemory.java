// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Interner;
import dev.atprotojava.identity.IdentityLookup.Found;
import dev.atprotojava.identity.IdentityLookup.Unavailable;
import dev.atprotojava.identity.IdentityStore.Stored;
import dev.atprotojava.syntax.Did;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What is known of DIDs and how old it may be. Asks nobody.
 *
 * <p>Ages are told by the wall clock, because identities come back from the store of an earlier
 * process. Nothing expires by itself: an identity that is too old to be believed is still what
 * there is if asking fails, and makes room when the cache needs it.
 *
 * <p>Changes to a DID happen under the map's lock of that DID, and go to the store from there. That
 * is what makes a mark and a result that meet come out the same in memory and store, whichever was
 * first.
 */
final class IdentityMemory {
  private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);

  private final Cache<Did, Entry> entries;
  private final Lifetimes lifetimes;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final @Nullable StoreQueue store;
  private final Interner<PdsEndpoint> endpoints = Interner.newWeakInterner();
  private final AtomicLong recoveries = new AtomicLong();

  IdentityMemory(int maxEntries, Lifetimes lifetimes, Wiring wiring, @Nullable StoreQueue store) {
    // Its housekeeping is short, and a pool of threads for it would be one that nobody closes.
    this.entries = Caffeine.newBuilder().maximumSize(maxEntries).executor(Runnable::run).build();
    this.lifetimes = lifetimes;
    this.clock = wiring.clock();
    this.random = wiring.random();
    this.store = store;
  }

  @Nullable Entry find(Did did) {
    return entries.getIfPresent(did);
  }

  long size() {
    return entries.estimatedSize();
  }

  /** Whether what the entry tells is told without a question. */
  boolean isCurrent(Entry entry) {
    return entry.isCurrent(clock.millis(), recoveries.get());
  }

  /** Whether the identity of an entry may be told while it is asked for again. */
  boolean isYoung(Entry entry) {
    Identity identity = entry.identity();
    return identity != null && !entry.isMarked() && age(identity) < lifetimes.hard().toMillis();
  }

  /** Whether an identity may be told because asking failed. */
  boolean isUsableOnError(Identity identity) {
    return age(identity) < lifetimes.onError().toMillis();
  }

  private long age(Identity identity) {
    return clock.millis() - identity.fetchedAtMillis();
  }

  /** A directory is back: what failed is worth another try. */
  void recovered() {
    recoveries.incrementAndGet();
  }

  void mark(Did did) {
    entries
        .asMap()
        .compute(
            did,
            (key, entry) -> {
              if (store != null) {
                store.markStale(did);
                return entry == null ? Entry.MARK : entry.marked();
              }
              return entry == null ? null : entry.marked();
            });
  }

  /** Nothing is known any more. */
  void forget(Did did) {
    entries
        .asMap()
        .compute(
            did,
            (key, entry) -> {
              if (store == null) {
                return null;
              }
              store.remove(did);
              return Entry.MARK; // for a load that is under way
            });
  }

  /** Only the store knows any more. */
  void drop(Did did) {
    entries.invalidate(did);
  }

  /** A document was fetched. */
  IdentityLookup remember(DidDocument document, long askedAtMillis, Flight flight) {
    Identity identity = document.identity(Instant.ofEpochMilli(askedAtMillis));
    Found found = found(identity);
    entries
        .asMap()
        .compute(
            identity.did(),
            (key, old) -> {
              boolean stale = flight.isOvertaken();
              if (store != null) {
                store.save(identity, stale);
              }
              return stale ? fresh(found).marked() : fresh(found);
            });
    return found;
  }

  /** There is no such DID, or no more. */
  IdentityLookup rememberAbsence(Did did, IdentityLookup absence, Flight flight) {
    Entry entry = new Entry(absence, clock.millis() + lifetimes.negative().toMillis());
    entries
        .asMap()
        .compute(
            did,
            (key, old) -> {
              // Only of DIDs that were known: others would fill the store with inventions.
              if (store != null && flight.known() != null) {
                store.remove(did);
              }
              return flight.isOvertaken() ? entry.marked() : entry;
            });
    return absence;
  }

  /**
   * The DID could not be asked for.
   *
   * @return what to tell: the identity that was known, if it may still be told, or the trouble
   */
  IdentityLookup rememberTrouble(Did did, DidResolution.Failed failed, Flight flight) {
    Found known = flight.known();
    Entry entry =
        entries
            .asMap()
            .compute(
                did,
                (key, old) -> {
                  int failures = old == null ? 1 : old.failures() + 1;
                  long retryAt = clock.millis() + retryMillis(failures, failed.retryAfter());
                  IdentityLookup told =
                      known != null && isUsableOnError(known.identity())
                          ? known
                          : new Unavailable(failed.reason(), Instant.ofEpochMilli(retryAt));
                  boolean marked = flight.isOvertaken() || (old != null && old.isMarked());
                  return new Entry.Troubled(
                      known, told, retryAt, failures, recoveries.get(), marked);
                });
    IdentityLookup told = entry.told();
    return told == null ? new Unavailable(failed.reason(), clock.instant()) : told;
  }

  /** The store knows the DID. */
  void rememberStored(Stored stored, Flight flight) {
    Found found = found(stored.identity());
    entries
        .asMap()
        .compute(
            stored.identity().did(),
            (key, old) -> {
              boolean stale = stored.stale() || flight.isOvertaken();
              // Of an identity from the future the age is not known.
              boolean fromFuture = age(found.identity()) < 0;
              Identity known = old == null ? null : old.identity();
              if (known != null
                  && (fromFuture
                      || known.fetchedAtMillis() >= found.identity().fetchedAtMillis())) {
                return stale ? old.marked() : old;
              }
              flight.know(found);
              // What is in memory without an identity is a mark, set after the store was asked.
              boolean marked = old != null && (known == null || old.isMarked());
              return stale || fromFuture || marked ? fresh(found).marked() : fresh(found);
            });
  }

  private Entry fresh(Found found) {
    return new Entry(found, found.identity().fetchedAtMillis() + lifetimes.soft().toMillis());
  }

  private Found found(Identity identity) {
    PdsEndpoint pds = identity.pds();
    return new Found(pds == null ? identity : identity.withPds(endpoints.intern(pds)));
  }

  private long retryMillis(int failures, @Nullable Duration retryAfter) {
    long longest = lifetimes.retryLongest().toMillis();
    long doubled = lifetimes.retryFirst().toMillis() << Math.min(failures - 1, 20);
    long delay = Math.min(doubled, longest);
    // Four fifths to six fifths, so that what failed together is not asked again together.
    long jittered = delay - delay / 5 + random.nextLong(2 * (delay / 5) + 1);
    long asked =
        retryAfter == null ? 0 : Math.min(retryAfter.toMillis(), LONGEST_RETRY_AFTER.toMillis());
    return Math.max(jittered, asked);
  }
}
