// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.identity.Identity;
import dev.atprotojava.identity.IdentityLookup;
import dev.atprotojava.relay.DropReason;
import dev.atprotojava.relay.TestAccount;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.LocalStatus;
import dev.atprotojava.relay.upstream.TestHost;
import dev.atprotojava.relay.upstream.UpstreamEvent;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.CommitVerifier;
import dev.atprotojava.sync.RepoState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * All that the gate can be asked, and what it must say. Catches an event that passes from a host
 * that has no say about the account, one that is dropped before its identity was asked for anew,
 * and a reason that is not the first in the order of the checks.
 */
class AccountGateTest {
  private static final String HERE = "pds.example.com";
  private static final String ELSEWHERE = "other.example.net";
  private static final int HOST = 3;
  private static final long NEW_UID = 77;

  private final TestHost host = new TestHost(HOST, HERE);
  private final TestAccount alice = new TestAccount(1);
  private final AccountGate gate =
      new AccountGate(CommitVerifier.strict(new Random(1)), () -> NEW_UID);
  private int checked;

  private enum Kind {
    COMMIT,
    SYNC,
    ACCOUNT,
    IDENTITY
  }

  private enum Known {
    NOT,
    HERE,
    ELSEWHERE
  }

  private enum Answer {
    NOT_YET,
    UNAVAILABLE,
    NOT_FOUND,
    TOMBSTONED,
    UNRESOLVABLE,
    NO_PDS,
    OTHER_PDS,
    NO_KEY,
    WHOLE
  }

  private enum Outcome {
    ADMIT,
    CREATE,
    MOVE,
    RESOLVE,
    /** Ask again; if that was done already, drop. */
    IDENTITY_NOT_FOUND,
    UNKNOWN_ACCOUNT,
    WRONG_HOST
  }

  private static final List<Answer> WAIT = List.of(Answer.NOT_YET, Answer.UNAVAILABLE);
  private static final List<Answer> BROKEN =
      List.of(Answer.NOT_FOUND, Answer.TOMBSTONED, Answer.UNRESOLVABLE, Answer.NO_PDS);
  private static final List<Answer> NAMES_HOST = List.of(Answer.NO_KEY, Answer.WHOLE);
  private static final List<Known> ANY = List.of(Known.values());
  private static final List<Known> SOME = List.of(Known.HERE, Known.ELSEWHERE);
  private static final List<Kind> CONTENT = List.of(Kind.COMMIT, Kind.SYNC);

  private UpstreamEvent event(Kind kind) {
    Bytes frame =
        switch (kind) {
          case COMMIT -> alice.commit(10);
          case SYNC -> {
            alice.commitUnheard();
            yield alice.sync(10);
          }
          case ACCOUNT -> alice.account(10, true, null);
          case IDENTITY -> alice.identity(10);
        };
    return host.send(frame);
  }

  private AccountRecord account(
      int hostId, AccountStatus upstream, LocalStatus local, @Nullable RepoState repo) {
    return new AccountRecord(5, alice.did(), alice.hash(), hostId, upstream, local, true, repo);
  }

  private @Nullable AccountRecord account(Known known) {
    return switch (known) {
      case NOT -> null;
      case HERE -> account(HOST, AccountStatus.ACTIVE, LocalStatus.ACTIVE, null);
      case ELSEWHERE -> account(HOST + 1, AccountStatus.ACTIVE, LocalStatus.ACTIVE, null);
    };
  }

  private @Nullable IdentityLookup lookup(Answer answer) {
    return switch (answer) {
      case NOT_YET -> null;
      case UNAVAILABLE -> ScriptedIdentities.UNAVAILABLE;
      case NOT_FOUND -> new IdentityLookup.NotFound(alice.did(), TestAccount.NOW);
      case TOMBSTONED -> new IdentityLookup.Tombstoned(alice.did(), TestAccount.NOW);
      case UNRESOLVABLE ->
          new IdentityLookup.Unresolvable(IdentityLookup.Unresolvable.Cause.UNSUPPORTED_METHOD);
      case NO_PDS ->
          new IdentityLookup.Found(
              Identity.of(
                  alice.did(),
                  null,
                  null,
                  alice.on(HERE).identity().signingKey(),
                  TestAccount.NOW));
      case OTHER_PDS -> alice.on(ELSEWHERE);
      case NO_KEY ->
          new IdentityLookup.Found(
              Identity.of(alice.did(), null, TestAccount.endpoint(HERE), null, TestAccount.NOW));
      case WHOLE -> alice.on(HERE);
    };
  }

  /** One line of the table: for all of these, this. */
  private void check(List<Kind> kinds, List<Known> knowns, List<Answer> answers, Outcome outcome) {
    for (Kind kind : kinds) {
      for (Known known : knowns) {
        for (Answer answer : answers) {
          check(kind, known, answer, false, outcome);
          check(kind, known, answer, true, outcome);
        }
      }
    }
  }

  private void check(Kind kind, Known known, Answer answer, boolean asked, Outcome outcome) {
    AccountRecord before = account(known);
    IdentityLookup lookup = lookup(answer);
    Identity identity = lookup instanceof IdentityLookup.Found(Identity found) ? found : null;
    GateDecision expected =
        switch (outcome) {
          case RESOLVE -> new GateDecision.Resolve(false);
          case IDENTITY_NOT_FOUND, UNKNOWN_ACCOUNT, WRONG_HOST ->
              asked
                  ? new GateDecision.Drop(DropReason.valueOf(outcome.name()))
                  : new GateDecision.Resolve(true);
          case CREATE ->
              new GateDecision.Admit(
                  new AccountRecord(
                      NEW_UID,
                      alice.did(),
                      alice.hash(),
                      HOST,
                      AccountStatus.ACTIVE,
                      LocalStatus.ACTIVE,
                      true,
                      null),
                  true,
                  identity);
          case ADMIT ->
              new GateDecision.Admit(known(before), false, kind == Kind.IDENTITY ? null : identity);
          case MOVE -> new GateDecision.Admit(known(before).withHost(HOST), false, identity);
        };
    assertThat(gate.step(event(kind), before, lookup, asked))
        .as("%s of an account known %s, identity %s, asked %s", kind, known, answer, asked)
        .isEqualTo(expected);
    checked++;
  }

  private static AccountRecord known(@Nullable AccountRecord account) {
    if (account == null) {
      throw new AssertionError("the table is wrong");
    }
    return account;
  }

  @Test
  void step_anyEvent_anyAccount_anyIdentity() {
    // RL-34: of a known account from anybody, and nobody needs to be asked.
    check(List.of(Kind.IDENTITY), SOME, List.of(Answer.values()), Outcome.ADMIT);
    List<Known> unknown = List.of(Known.NOT);

    // SC-51: resolved independently of the stream; silence is no verdict.
    check(CONTENT, ANY, WAIT, Outcome.RESOLVE);
    check(List.of(Kind.ACCOUNT), ANY, WAIT, Outcome.RESOLVE);
    check(List.of(Kind.IDENTITY), unknown, WAIT, Outcome.RESOLVE);
    check(CONTENT, ANY, BROKEN, Outcome.IDENTITY_NOT_FOUND);
    check(CONTENT, ANY, List.of(Answer.NO_KEY), Outcome.IDENTITY_NOT_FOUND);
    check(List.of(Kind.ACCOUNT), SOME, BROKEN, Outcome.IDENTITY_NOT_FOUND);

    // SC-52, RL-35, RL-37: asked again before another host's word is refused.
    List<Answer> other = List.of(Answer.OTHER_PDS);
    check(CONTENT, ANY, other, Outcome.WRONG_HOST);
    check(List.of(Kind.ACCOUNT), SOME, other, Outcome.WRONG_HOST);

    // An account that nobody knows begins only on the host that its document names (RL-39).
    List<Kind> words = List.of(Kind.ACCOUNT, Kind.IDENTITY);
    check(words, unknown, BROKEN, Outcome.UNKNOWN_ACCOUNT);
    check(words, unknown, other, Outcome.UNKNOWN_ACCOUNT);
    check(words, unknown, NAMES_HOST, Outcome.CREATE);
    check(CONTENT, unknown, List.of(Answer.WHOLE), Outcome.CREATE);

    check(CONTENT, List.of(Known.HERE), List.of(Answer.WHOLE), Outcome.ADMIT);
    check(List.of(Kind.ACCOUNT), List.of(Known.HERE), NAMES_HOST, Outcome.ADMIT);
    check(CONTENT, List.of(Known.ELSEWHERE), List.of(Answer.WHOLE), Outcome.MOVE);
    check(List.of(Kind.ACCOUNT), List.of(Known.ELSEWHERE), NAMES_HOST, Outcome.MOVE);

    int all = Kind.values().length * Known.values().length * Answer.values().length * 2;
    assertThat(checked).as("questions of the table").isEqualTo(all);
  }

  /**
   * SC-53, RL-38: no content of an account that is not active; our own word is the reason first.
   */
  @Test
  void step_anyStatus() {
    Map<LocalStatus, DropReason> local = new EnumMap<>(LocalStatus.class);
    local.put(LocalStatus.TAKENDOWN, DropReason.ACCOUNT_TAKENDOWN);
    local.put(LocalStatus.THROTTLED, DropReason.ACCOUNT_THROTTLED);
    local.put(LocalStatus.CHAIN_THROTTLED, DropReason.ACCOUNT_THROTTLED);
    for (Kind kind : Kind.values()) {
      for (LocalStatus ours : LocalStatus.values()) {
        for (AccountStatus theirs : AccountStatus.values()) {
          AccountRecord account = account(HOST, theirs, ours, null);
          GateDecision decision = gate.step(event(kind), account, alice.on(HERE), false);
          DropReason reason = local.get(ours);
          if (reason == null && !theirs.isActive() && CONTENT.contains(kind)) {
            assertThat(decision)
                .as("%s, %s and %s", kind, ours, theirs)
                .isEqualTo(new GateDecision.Inactive());
          } else if (reason == null || !CONTENT.contains(kind)) {
            assertThat(decision)
                .as("%s, %s and %s", kind, ours, theirs)
                .isInstanceOfSatisfying(
                    GateDecision.Admit.class,
                    admit -> assertThat(admit.account()).isEqualTo(account));
          } else {
            assertThat(decision)
                .as("%s, %s and %s", kind, ours, theirs)
                .isEqualTo(new GateDecision.Drop(reason));
          }
        }
      }
    }
  }

  /** An inactive account of another host has moved perhaps: that is asked before the status. */
  @Test
  void step_statusComesAfterTheHost() {
    AccountRecord account = account(HOST, AccountStatus.DELETED, LocalStatus.TAKENDOWN, null);
    assertThat(gate.step(event(Kind.COMMIT), account, alice.on(ELSEWHERE), false))
        .isEqualTo(new GateDecision.Resolve(true));
    assertThat(gate.step(event(Kind.COMMIT), account, alice.on(ELSEWHERE), true))
        .isEqualTo(new GateDecision.Drop(DropReason.WRONG_HOST));
  }

  /**
   * RL-33, RL-36: what is old is dropped before anybody is asked who the account is. Damage: a host
   * that makes the relay ask for an identity with every old event, or that turns a repository back.
   */
  @Test
  void step_oldContent_isDroppedUnasked() {
    UpstreamEvent first = host.send(alice.commit(1));
    UpstreamEvent firstSync = host.send(alice.sync(2));
    UpstreamEvent second = host.send(alice.commit(3));
    UpstreamEvent secondSync = host.send(alice.sync(4));
    UpstreamEvent fork = host.send(alice.fork(5));
    AccountRecord account = account(HOST, AccountStatus.ACTIVE, LocalStatus.ACTIVE, alice.state());
    UpstreamEvent third = host.send(alice.commit(6));
    List<@Nullable IdentityLookup> lookups = new ArrayList<>();
    Arrays.stream(Answer.values()).map(this::lookup).forEach(lookups::add);
    for (IdentityLookup lookup : lookups) {
      GateDecision stale = new GateDecision.Drop(DropReason.STALE_REV);
      assertThat(gate.step(first, account, lookup, false)).isEqualTo(stale);
      assertThat(gate.step(second, account, lookup, true)).isEqualTo(stale);
      assertThat(gate.step(firstSync, account, lookup, true)).isEqualTo(stale);
      assertThat(gate.step(fork, account, lookup, false))
          .isEqualTo(new GateDecision.Drop(DropReason.SYNC_CONFLICT));
    }
    GateDecision admit = new GateDecision.Admit(account, false, alice.on(HERE).identity());
    assertThat(gate.step(secondSync, account, alice.on(HERE), false)).isEqualTo(admit);
    assertThat(gate.step(third, account, alice.on(HERE), false)).isEqualTo(admit);
  }

  /** SC-31: the size is the first thing that is looked at. */
  @Test
  void step_tooManyBytes_isDroppedFirst() {
    alice.commitUnheard();
    UpstreamEvent event = host.send(alice.tooLargeSync(1));
    AccountRecord account =
        account(HOST, AccountStatus.DELETED, LocalStatus.TAKENDOWN, alice.state());
    GateDecision drop = new GateDecision.Drop(DropReason.BLOCKS_TOO_LARGE);
    assertThat(gate.step(event, null, null, false)).isEqualTo(drop);
    assertThat(gate.step(event, account, alice.on(ELSEWHERE), true)).isEqualTo(drop);
  }
}
