// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.live;

import dev.atprotojava.car.CarException;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborException;
import dev.atprotojava.cbor.CborReader;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.cid.Sha256;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.identity.Identity;
import dev.atprotojava.identity.IdentityLookup;
import dev.atprotojava.repo.CommitSlice;
import dev.atprotojava.sync.CommitFault;
import dev.atprotojava.sync.CommitVerdict;
import dev.atprotojava.sync.CommitVerdict.Accept;
import dev.atprotojava.sync.CommitVerdict.Chain;
import dev.atprotojava.sync.CommitVerdict.Reject;
import dev.atprotojava.sync.CommitVerifier;
import dev.atprotojava.sync.RepoEvent.AccountEvent;
import dev.atprotojava.sync.RepoEvent.CommitEvent;
import dev.atprotojava.sync.RepoEvent.IdentityEvent;
import dev.atprotojava.sync.RepoEvent.Sequenced;
import dev.atprotojava.sync.RepoEvent.SyncEvent;
import dev.atprotojava.sync.RepoOp;
import dev.atprotojava.sync.RepoState;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Handle;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Judges the events of accounts, those of one account in their order: what they say, whether they
 * are proved, whether they follow each other. Belongs to one thread.
 */
final class AccountJudge {
  /** Those for which an account cannot be active (section 5.8 of the specification's digest). */
  private static final Set<String> INACTIVE_ONLY =
      Set.of("deleted", "deactivated", "takendown", "suspended");

  private static final byte MAP = (byte) 0xa0;

  private final Identities identities;
  private final Tally tally;
  private final InstantSource clock;
  private final @Nullable String authority;
  private final CommitVerifier verifier;
  private final CommitSlice slice;
  private final CborReader cbor = new CborReader();
  private final Map<Did, RepoState> states = new HashMap<>();
  private final Set<Did> inactive = new HashSet<>();

  /**
   * A judge.
   *
   * @param authority host and port of the PDS that must be the accounts' own; null for a relay
   */
  AccountJudge(
      Identities identities,
      Tally tally,
      InstantSource clock,
      @Nullable String authority,
      RandomGenerator random) {
    this.identities = identities;
    this.tally = tally;
    this.clock = clock;
    this.authority = authority;
    this.verifier = CommitVerifier.lenient(random);
    this.slice = new CommitSlice(new Sha256(), random);
  }

  /** Judges an event whose form is in order. */
  void judge(Sequenced event) {
    String where = "seq " + event.seq() + " " + event.did();
    switch (event) {
      case CommitEvent commit -> judgeContent(commit, where);
      case SyncEvent sync -> judgeContent(sync, where);
      case IdentityEvent identity -> {
        String handle = identity.handle();
        if (handle != null) {
          tally.add(
              LiveRule.HANDLE, where, Handle.isValid(handle) ? "" : "the handle is not a handle");
        }
        identities.refresh(identity.did());
      }
      case AccountEvent account -> {
        String status = account.status();
        boolean fits = !account.active() || status == null || !INACTIVE_ONLY.contains(status);
        tally.add(LiveRule.STATUS, where, fits ? "" : "active, with the status of one that is not");
        if (account.active()) {
          inactive.remove(account.did());
        } else {
          inactive.add(account.did());
        }
      }
    }
  }

  private void judgeContent(Sequenced event, String where) {
    Did did = event.did();
    tally.add(LiveRule.INACTIVE, where, inactive.contains(did) ? "the account is not active" : "");
    RepoState last = states.get(did);
    if (last != null) {
      CommitFault stale = verifier.checkStale(event, last);
      tally.add(LiveRule.STALE, where, stale == null ? "" : stale.toString());
      if (stale != null) {
        return; // says nothing new
      }
    }
    Identity identity = identity(did, where);
    PublicKey key = identity == null ? null : identity.signingKey();
    if (key == null) {
      states.remove(did);
      return;
    }
    checkHost(identity, where);
    CommitVerdict verdict = verify(event, key, last);
    if (isBadSignature(verdict)) {
      verdict = verifyWithOtherKeys(event, last, verdict);
    }
    count(event, verdict, where);
    if (verdict instanceof Accept accept) {
      states.put(did, accept.next());
    } else {
      states.remove(did); // what follows would be blamed for this one
    }
  }

  private @Nullable Identity identity(Did did, String where) {
    IdentityLookup lookup = identities.lookup(did);
    return switch (lookup) {
      case IdentityLookup.Found(Identity identity) -> {
        boolean usable = identity.isUsable();
        tally.add(LiveRule.IDENTITY, where, usable ? "" : "without a signing key or a PDS");
        yield usable ? identity : null;
      }
      case IdentityLookup.NotFound _ -> none(where, "there is no such DID");
      case IdentityLookup.Tombstoned _ -> none(where, "the DID is tombstoned");
      case IdentityLookup.Unresolvable(var cause) -> none(where, cause.toString());
      case IdentityLookup.Unavailable(var reason, _) -> {
        tally.skipped(LiveRule.IDENTITY);
        tally.seen(
            "events could not be verified, because an identity was not to be had: " + reason);
        yield null;
      }
    };
  }

  private @Nullable Identity none(String where, String why) {
    tally.add(LiveRule.IDENTITY, where, why);
    return null;
  }

  private void checkHost(@Nullable Identity identity, String where) {
    if (authority == null || identity == null || identity.pds() == null) {
      return;
    }
    boolean own = identity.pds().hasAuthority(authority);
    if (!own && identities.refresh(identity.did()) instanceof IdentityLookup.Found(var now)) {
      own = now.pds() != null && now.pds().hasAuthority(authority);
    }
    tally.add(LiveRule.HOST, where, own ? "" : "the account names another host");
  }

  private CommitVerdict verify(Sequenced event, PublicKey key, @Nullable RepoState last) {
    return switch (event) {
      case CommitEvent commit -> verifier.verify(commit, key, last, clock.instant());
      case SyncEvent sync -> verifier.verify(sync, key, last, clock.instant());
      case IdentityEvent _, AccountEvent _ -> throw new IllegalStateException("no content");
    };
  }

  /** With the key after a refresh (SC-54), then with those it had: an old commit stays (MST-76). */
  private CommitVerdict verifyWithOtherKeys(
      Sequenced event, @Nullable RepoState last, CommitVerdict bad) {
    if (identities.refresh(event.did()) instanceof IdentityLookup.Found(Identity now)
        && now.signingKey() != null) {
      CommitVerdict verdict = verify(event, now.signingKey(), last);
      if (!isBadSignature(verdict)) {
        return verdict;
      }
    }
    for (PublicKey key : identities.formerKeys(event.did())) {
      CommitVerdict verdict = verify(event, key, last);
      if (!isBadSignature(verdict)) {
        tally.seen("commits are signed with a former key of their account (MST-76)");
        return verdict;
      }
    }
    return bad;
  }

  private static boolean isBadSignature(CommitVerdict verdict) {
    return verdict instanceof Reject(CommitFault fault) && fault == CommitFault.BAD_SIGNATURE;
  }

  /** Counts the rules up to the one that ended it, and those that were waived on the way. */
  private void count(Sequenced event, CommitVerdict verdict, String where) {
    Map<LiveRule, CommitFault> broken = new HashMap<>();
    Set<LiveRule> looked = EnumSet.copyOf(LiveRule.VERIFIED);
    boolean commit = event instanceof CommitEvent;
    if (!commit) {
      looked.removeAll(LiveRule.OF_COMMITS);
    }
    switch (verdict) {
      case Reject(CommitFault fault) -> {
        LiveRule rule = LiveRule.of(fault);
        looked.removeIf(each -> each.compareTo(rule) > 0);
        broken.put(rule, fault);
      }
      case Accept accept -> {
        accept.waived().forEach(fault -> broken.put(LiveRule.of(fault), fault));
        if (commit && accept.chain() != Chain.FIRST) {
          boolean breaks = accept.chain() == Chain.BREAKS;
          tally.add(LiveRule.CHAIN, where, breaks ? "does not follow the one before" : "");
        }
      }
    }
    looked.addAll(broken.keySet());
    // Those two are counted where all events pass.
    looked.remove(LiveRule.TIME);
    looked.remove(LiveRule.DEPRECATED);
    for (LiveRule rule : looked) {
      CommitFault fault = broken.get(rule);
      tally.add(rule, where, fault == null ? "" : fault.toString());
    }
    if (event instanceof CommitEvent whole && verdict instanceof Accept) {
      checkRecords(whole, where);
    }
  }

  private void checkRecords(CommitEvent event, String where) {
    try {
      slice.load(event.blocks());
    } catch (CarException e) {
      throw new IllegalStateException("it was read a moment ago", e);
    }
    for (RepoOp op : event.ops()) {
      Cid cid = op.cid();
      Bytes record = cid == null ? null : slice.find(cid);
      if (record != null) {
        tally.add(LiveRule.RECORD_FORM, where, flaw(record));
      }
    }
  }

  private String flaw(Bytes record) {
    try {
      cbor.check(record.array(), record.offset(), record.length());
      return (record.at(0) & 0xe0) == (MAP & 0xff) ? "" : "the record is no map";
    } catch (CborException e) {
      return "the record is no DAG-CBOR: " + e.reason();
    }
  }
}
