// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.identity.Identity;
import dev.atprotojava.identity.IdentityDirectory;
import dev.atprotojava.identity.IdentityLookup;
import dev.atprotojava.identity.PdsEndpoint;
import dev.atprotojava.sync.CommitFault;
import dev.atprotojava.sync.CommitVerdict;
import dev.atprotojava.sync.CommitVerdict.Accept;
import dev.atprotojava.sync.CommitVerdict.Reject;
import dev.atprotojava.sync.CommitVerifier;
import dev.atprotojava.sync.RepoEvent.CommitEvent;
import dev.atprotojava.sync.RepoEvent.SyncEvent;
import dev.atprotojava.sync.RepoOp;
import dev.atprotojava.sync.RepoState;
import dev.atprotojava.syntax.Did;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Asks who an account is, and whether an event is its own: identity, host, signature, and all that
 * a {@link CommitVerifier} checks (SC-50 to SC-57). Belongs to one thread, which it blocks while
 * the directory is asked.
 */
final class EventJudge {
  /** What is to be thought of an event. */
  sealed interface Judgement {
    /**
     * The identity is known.
     *
     * @param records the block of each operation that has one, in their order
     */
    record Judged(CommitVerdict verdict, List<Bytes> records) implements Judgement {
      public Judged {
        records = List.copyOf(records);
      }
    }

    /** Nobody could have sent this: no key, no server, no account, or another host. */
    record NotEntitled() implements Judgement {}

    /** The account was ended by its owner (SC-84). */
    record Tombstoned() implements Judgement {}

    /** It could not be found out now. */
    record Unverifiable() implements Judgement {}
  }

  private interface Verify {
    CommitVerdict with(PublicKey key);
  }

  private final IdentityDirectory directory;
  private final @Nullable String pdsHost;
  private final InstantSource clock;
  private final CommitVerifier verifier;

  /**
   * A judge for one thread.
   *
   * @param pdsHost the host whose own accounts the stream has; null for a relay's
   */
  EventJudge(
      IdentityDirectory directory,
      @Nullable String pdsHost,
      InstantSource clock,
      RandomGenerator random) {
    this.directory = directory;
    this.pdsHost = pdsHost;
    this.clock = clock;
    this.verifier = CommitVerifier.lenient(random);
  }

  Judgement judge(CommitEvent event, @Nullable RepoState last) {
    Judgement judgement =
        judge(event.did(), key -> verifier.verify(event, key, last, clock.instant()));
    if (!(judgement instanceof Judgement.Judged judged && judged.verdict() instanceof Accept)) {
      return judgement;
    }
    List<Bytes> records = new ArrayList<>(event.ops().size());
    for (RepoOp op : event.ops()) {
      Bytes record = op.cid() == null ? null : verifier.findBlock(op.cid());
      records.add(record == null ? Bytes.EMPTY : record);
    }
    return new Judgement.Judged(judged.verdict(), records);
  }

  Judgement judge(SyncEvent event, @Nullable RepoState last) {
    return judge(event.did(), key -> verifier.verify(event, key, last, clock.instant()));
  }

  private Judgement judge(Did did, Verify verify) {
    Instant doubt = clock.instant();
    IdentityLookup lookup = entitled(did, doubt, directory.lookup(did));
    Judgement judgement = judge(lookup, verify);
    boolean doubtful =
        judgement instanceof Judgement.Judged judged
            && judged.verdict().equals(new Reject(CommitFault.BAD_SIGNATURE));
    if (!doubtful || lookup.isAsOf(doubt)) {
      return judgement;
    }
    // SC-54: perhaps the key was changed. Whoever cannot find out has no reason to reject.
    IdentityLookup now = directory.refresh(did);
    return now.isAsOf(doubt) ? judge(now, verify) : new Judgement.Unverifiable();
  }

  private Judgement judge(IdentityLookup lookup, Verify verify) {
    return switch (lookup) {
      case IdentityLookup.Found(Identity identity) -> {
        PublicKey key = identity.signingKey();
        yield key == null || identity.pds() == null || !isAtHome(identity)
            ? new Judgement.NotEntitled()
            : new Judgement.Judged(verify.with(key), List.of());
      }
      case IdentityLookup.NotFound none -> new Judgement.NotEntitled();
      case IdentityLookup.Unresolvable never -> new Judgement.NotEntitled();
      case IdentityLookup.Tombstoned ended -> new Judgement.Tombstoned();
      case IdentityLookup.Unavailable later -> new Judgement.Unverifiable();
    };
  }

  /** SC-52: before a host is told that an account is not its own, look again. */
  private IdentityLookup entitled(Did did, Instant doubt, IdentityLookup lookup) {
    boolean elsewhere =
        lookup instanceof IdentityLookup.Found(Identity identity) && !isAtHome(identity);
    if (!elsewhere || lookup.isAsOf(doubt)) {
      return lookup;
    }
    return directory.refresh(did);
  }

  private boolean isAtHome(Identity identity) {
    PdsEndpoint pds = identity.pds();
    return pdsHost == null || (pds != null && pds.hasAuthority(pdsHost));
  }

  /** Whether the host may speak of an account's status: any relay, and the account's own server. */
  boolean maySpeakOf(Did did) {
    if (pdsHost == null) {
      return true;
    }
    return entitled(did, clock.instant(), directory.lookup(did))
            instanceof IdentityLookup.Found(Identity identity)
        && isAtHome(identity);
  }
}
