// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.sync.CommitFault;
import dev.atprotojava.sync.CommitVerdict;
import dev.atprotojava.sync.CommitVerifier;
import dev.atprotojava.sync.RepoEvent;
import dev.atprotojava.sync.RepoState;
import dev.atprotojava.syntax.AtDatetime;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Stage 6: is a {@code #commit} or {@code #sync} true? By the posture of its host: in {@code
 * enforce} every check counts, in {@code observe} some are waived, and that is told.
 *
 * <p>Belongs to one lane; not thread-safe.
 *
 * <p>A commit without operations is one (RL-40).
 */
final class EventVerifier {
  private final CommitVerifier enforce;
  private final CommitVerifier observe;

  EventVerifier(RandomGenerator random) {
    enforce = CommitVerifier.strict(random);
    observe = CommitVerifier.lenient(random);
  }

  /** The verifier that judges age. */
  CommitVerifier gateVerifier() {
    return enforce;
  }

  /**
   * Verifies a {@code #commit} or {@code #sync}.
   *
   * @param lenient true if the host is only observed
   */
  CommitVerdict step(
      RepoEvent.Sequenced event,
      PublicKey key,
      @Nullable RepoState last,
      boolean lenient,
      Instant now) {
    CommitVerifier verifier = lenient ? observe : enforce;
    return switch (event) {
      case RepoEvent.CommitEvent commit -> verifier.verify(commit, key, last, now);
      case RepoEvent.SyncEvent sync -> verifier.verify(sync, key, last, now);
      case RepoEvent.IdentityEvent _, RepoEvent.AccountEvent _ ->
          throw new IllegalArgumentException("an event that is not signed");
    };
  }

  /** What is wrong with an event that is not signed; null if nothing is. */
  static @Nullable CommitFault checkForm(RepoEvent.Sequenced event, boolean lenient) {
    var time = event.time();
    return lenient || AtDatetime.isValid(time.array(), time.offset(), time.length())
        ? null
        : CommitFault.BAD_TIME;
  }
}
