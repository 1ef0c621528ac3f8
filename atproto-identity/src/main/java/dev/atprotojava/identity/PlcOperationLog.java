// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.crypto.CryptoException;
import dev.atprotojava.crypto.DidKey;
import dev.atprotojava.syntax.Did;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The operations of one DID as far as they have been checked, each against those before it: the
 * rules of did:plc, played forward.
 *
 * <pre>
 *   op 0 &lt;- op 1 &lt;- op 2 &lt;- op 3          op 4 follows op 1, signed by a stronger key than op 2:
 *             ^                            ops 2 and 3 are nullified from then on
 *             +---------------- op 4
 * </pre>
 *
 * <p>Begins empty and grows by {@link #add}; an operation that is refused changes nothing. {@link
 * PlcAudit#of} makes one of a whole log. A verification takes some 40 to 90 µs for each rotation
 * key that is tried. Not thread-safe.
 */
public final class PlcOperationLog {
  /** For how long the holder of a stronger key can take an operation back (ID-75). */
  public static final Duration RECOVERY_WINDOW = Duration.ofDays(3);

  /**
   * An operation of the log.
   *
   * @param operation that of the entry
   * @param keyIndex the rank of the rotation key that signed it, from 0, among those of the
   *     operation that it follows; of the first, among its own
   * @param nullifiedAt when it was taken back, or null if it stands
   */
  public record Step(
      PlcLogEntry entry, PlcOperation operation, int keyIndex, @Nullable Instant nullifiedAt) {}

  private final Did did;
  private final List<Step> steps = new ArrayList<>();
  private final Map<String, Integer> indexByCid = new HashMap<>();
  private final List<Integer> nextByIndex = new ArrayList<>(); // NONE, or what follows and stands

  private static final int NONE = -1;

  private PlcOperationLog(Did did) {
    this.did = did;
  }

  /** An empty log. */
  public static PlcOperationLog of(Did did) {
    return new PlcOperationLog(did);
  }

  /**
   * Checks the next operation, and takes it in.
   *
   * <p>What the entry says about being nullified is not looked at: that is about the future.
   *
   * @return null, or why it was not taken in
   */
  public @Nullable PlcFault add(PlcLogEntry entry) {
    PlcOperation operation = entry.operation();
    if (!entry.did().equals(did)) {
      return PlcFault.OTHER_DID;
    }
    if (operation == null) {
      return PlcFault.UNREADABLE;
    }
    if (operation.signedBytes().length() > PlcOperation.MAX_BYTES) {
      return PlcFault.TOO_LARGE;
    }
    if (!operation.cid().equals(entry.cid())) {
      return PlcFault.WRONG_CID;
    }
    if (indexByCid.containsKey(entry.cid().toString())) {
      return PlcFault.REPEATED;
    }
    return steps.isEmpty() ? addFirst(entry, operation) : addLater(entry, operation);
  }

  private @Nullable PlcFault addFirst(PlcLogEntry entry, PlcOperation operation) {
    PlcState state = operation.state();
    if (operation.prev() != null || state == null) {
      return PlcFault.NOT_GENESIS;
    }
    if (!operation.genesisDid().equals(did)) {
      return PlcFault.WRONG_DID;
    }
    return verified(entry, operation, state.rotationKeys(), NONE);
  }

  private @Nullable PlcFault addLater(PlcLogEntry entry, PlcOperation operation) {
    if (operation.prev() == null) {
      return PlcFault.SECOND_GENESIS;
    }
    Integer prev = indexByCid.get(operation.prev());
    if (prev == null) {
      return PlcFault.PREV_UNKNOWN;
    }
    Step followed = steps.get(prev);
    if (followed.nullifiedAt() != null) {
      return PlcFault.PREV_NULLIFIED;
    }
    PlcState state = followed.operation().state();
    if (state == null) {
      return PlcFault.PREV_TOMBSTONED;
    }
    // Whatever was taken in last is what stands at the end, so this covers what it follows, too.
    if (!entry.createdAt().isAfter(last().entry().createdAt())) {
      return PlcFault.NOT_LATER;
    }
    return verified(entry, operation, state.rotationKeys(), prev);
  }

  private @Nullable PlcFault verified(
      PlcLogEntry entry, PlcOperation operation, List<String> rotationKeys, int prev) {
    byte[] signature = PlcSignature.decode(operation.sig());
    if (signature == null) {
      return PlcFault.SIGNATURE_MALFORMED;
    }
    byte[] digest = PlcSignature.digest(operation);
    int keyIndex = indexOfSigner(rotationKeys, digest, signature);
    if (keyIndex == NONE) {
      return PlcFault.SIGNATURE_INVALID;
    }
    int disputed = prev == NONE ? NONE : nextByIndex.get(prev);
    if (disputed != NONE) {
      Step first = steps.get(disputed);
      if (keyIndex >= first.keyIndex()) {
        return PlcFault.RECOVERY_KEY_TOO_WEAK;
      }
      Duration age = Duration.between(first.entry().createdAt(), entry.createdAt());
      if (age.compareTo(RECOVERY_WINDOW) > 0) {
        return PlcFault.RECOVERY_TOO_LATE;
      }
      nullifyFrom(disputed, entry.createdAt());
    }
    int index = steps.size();
    steps.add(new Step(entry, operation, keyIndex, null));
    nextByIndex.add(NONE);
    indexByCid.put(entry.cid().toString(), index);
    if (prev != NONE) {
      nextByIndex.set(prev, index);
    }
    return null;
  }

  private void nullifyFrom(int first, Instant at) {
    for (int i = first; i != NONE; i = nextByIndex.get(i)) {
      Step step = steps.get(i);
      steps.set(i, new Step(step.entry(), step.operation(), step.keyIndex(), at));
    }
  }

  /** The first key counts, for lists that name one twice (ID-76). */
  private static int indexOfSigner(List<String> rotationKeys, byte[] digest, byte[] signature) {
    for (int i = 0; i < rotationKeys.size(); i++) {
      try {
        if (DidKey.parse(rotationKeys.get(i))
            .verifyDigest(digest, 0, signature, 0, signature.length)) {
          return i;
        }
      } catch (CryptoException unusable) {
        // Of a key that signs nothing here; it keeps its rank.
      }
    }
    return NONE;
  }

  /** Whose log this is. */
  public Did did() {
    return did;
  }

  /** What was taken in, in order, those included that were nullified. Grows with this log. */
  public List<Step> steps() {
    return Collections.unmodifiableList(steps);
  }

  private Step last() {
    return steps.get(steps.size() - 1);
  }

  /** The operation that stands now, or null if there is none at all. */
  public @Nullable PlcOperation head() {
    return steps.isEmpty() ? null : last().operation();
  }

  /** Whether the DID has been ended by its owner (ID-55). */
  public boolean isTombstoned() {
    return head() instanceof PlcOperation.Tombstone;
  }

  /**
   * The operation that stood at a time, as the directory answered then: with it, the keys of that
   * time. What was taken back later counts.
   *
   * @return null before the first
   */
  public @Nullable PlcOperation operationAt(Instant time) {
    return lastAt(time, true);
  }

  /**
   * The operation that stood at a time by what is known now: what was taken back later, such as the
   * work of a thief of keys, never stood.
   *
   * @return null before the first
   */
  public @Nullable PlcOperation settledOperationAt(Instant time) {
    return lastAt(time, false);
  }

  private @Nullable PlcOperation lastAt(Instant time, boolean orNullified) {
    PlcOperation found = null;
    for (Step step : steps) {
      if (step.entry().createdAt().isAfter(time)) {
        break;
      }
      if (orNullified || step.nullifiedAt() == null) {
        found = step.operation();
      }
    }
    return found;
  }
}
