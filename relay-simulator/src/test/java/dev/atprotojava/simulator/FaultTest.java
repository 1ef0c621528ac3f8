// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.cid.Sha256;
import dev.atprotojava.crypto.K256PublicKey;
import dev.atprotojava.crypto.P256PublicKey;
import dev.atprotojava.repo.CommitSlice;
import dev.atprotojava.repo.RepoCommit;
import dev.atprotojava.sync.CommitFault;
import dev.atprotojava.sync.CommitVerdict;
import dev.atprotojava.sync.CommitVerifier;
import dev.atprotojava.sync.Frame;
import dev.atprotojava.sync.FrameCodec;
import dev.atprotojava.sync.FrameException;
import dev.atprotojava.sync.RepoEvent;
import dev.atprotojava.sync.RepoState;
import dev.atprotojava.sync.SyncLimits;
import java.math.BigInteger;
import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS) // forging leaves the network as it was
class FaultTest {
  private final VirtualClock clock = new VirtualClock(Networks.START);
  private final SimulatedNetwork network = Networks.of(31, clock);
  private final SplittableRandom random = new SplittableRandom(1);
  private final CommitVerifier verifier = CommitVerifier.strict(random);

  FaultTest() {
    Networks.act(network, clock, 300);
    assertThat(Stream.of(0, 1, 2, 3, 4).map(n -> network.account(n).publicKey()))
        .as("keys of both curves")
        .hasAtLeastOneElementOfType(P256PublicKey.class)
        .hasAtLeastOneElementOfType(K256PublicKey.class);
  }

  /**
   * Damage: a fault that is refused for another reason than the one it is meant for, or not at all;
   * one that a relay must judge by more than the bytes and that is not otherwise true.
   */
  @ParameterizedTest
  @EnumSource(Fault.class)
  void forge_eachFault_isRefusedForItsReasonAlone(Fault fault) {
    for (int number : new int[] {0, 1, 2, 3, 4}) {
      SimulatedAccount account = network.account(number);
      HostileFrame hostile = HostileFrame.forge(fault, network, account, random);
      long seq = hostile.sender().lastSeq() + 1;
      StreamMessage message = hostile.message().apply(seq);

      String reason = judge(hostile, message, account);

      assertThat(reason).as("account %s", number).isEqualTo(fault.dropReason());
      assertThat(hostile.did()).isEqualTo(account.did());
      assertThat(message.seq()).isEqualTo(seq);
    }
  }

  /** What a relay says of a message, in the order of its checks. */
  private @Nullable String judge(
      HostileFrame hostile, StreamMessage message, SimulatedAccount account) {
    if (message.text()) {
      return "TEXT_MESSAGE";
    }
    if (message.payload().length() > SyncLimits.FRAME_BYTES) {
      return "FRAME_TOO_LARGE";
    }
    try {
      return switch (new FrameCodec().decode(message.payload())) {
        case Frame.Invalid(_, var fieldFault) -> fieldFault.name();
        case Frame.Unknown _ -> null;
        case Frame.Message(RepoEvent.Sequenced event) -> judge(hostile, message, account, event);
        case Frame.Message(RepoEvent.InfoEvent _), Frame.Error _ -> "an answer";
      };
    } catch (FrameException e) {
      return "FRAME_UNDECODABLE";
    }
  }

  private String judge(
      HostileFrame hostile,
      StreamMessage message,
      SimulatedAccount account,
      RepoEvent.Sequenced event) {
    if (event.seq() < message.seq()) {
      return "SEQ_NOT_RISING";
    }
    CommitFault size = CommitVerifier.checkSize(event);
    if (size != null) {
      return size.name();
    }
    SimulatedAccount known = network.find(event.did());
    if (known == null) {
      return "IDENTITY_NOT_FOUND";
    }
    assertThat(known).isSameAs(account);
    RepoState last = lastOf(account);
    CommitFault stale = verifier.checkStale(event, last);
    if (stale != null) {
      return stale.name();
    }
    CommitVerdict verdict =
        switch (event) {
          case RepoEvent.CommitEvent commit ->
              verifier.verify(commit, account.publicKey(), last, clock.instant());
          case RepoEvent.SyncEvent sync ->
              verifier.verify(sync, account.publicKey(), last, clock.instant());
          case RepoEvent.IdentityEvent _, RepoEvent.AccountEvent _ -> null;
        };
    if (verdict instanceof CommitVerdict.Reject(CommitFault fault)) {
      return fault.name();
    }
    if (verdict instanceof CommitVerdict.Accept accept) {
      assertThat(accept.chain()).isEqualTo(CommitVerdict.Chain.CONTINUES);
    }
    return hostile.sender() == account.host() ? "nothing wrong" : "WRONG_HOST";
  }

  private static RepoState lastOf(SimulatedAccount account) {
    SimulatedCommit head = account.head();
    assertThat(head).isNotNull();
    return new RepoState(head.commit().rev(), head.commit().data(), head.commit().cid());
  }

  /** Damage: a hostile frame after which the account's good frames no longer follow. */
  @ParameterizedTest
  @EnumSource(Fault.class)
  void forge_leavesTheAccountAbleToContinue(Fault fault) {
    SimulatedAccount account = network.account(0);
    RepoState last = lastOf(account);
    HostileFrame.forge(fault, network, account, random).send();
    assertThat(lastOf(account)).isEqualTo(last);

    SimulatedCommit next = account.commit(List.of());
    RepoEvent.CommitEvent event =
        (RepoEvent.CommitEvent)
            ((Frame.Message)
                    new FrameCodec()
                        .decode(FrameEncoder.encode(next.toCommit(), 1_000_000).bytes()))
                .event();
    assertThat(verifier.verify(event, account.publicKey(), last, clock.instant()))
        .isInstanceOfSatisfying(
            CommitVerdict.Accept.class,
            accept -> assertThat(accept.chain()).isEqualTo(CommitVerdict.Chain.CONTINUES));
  }

  /**
   * Damage: a high-S frame that is refused because its numbers are wrong, not because s is high.
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4})
  void forge_highS_isASignatureToWhoeverDoesNotMind(int number) {
    SimulatedAccount account = network.account(number);
    HostileFrame hostile = HostileFrame.forge(Fault.HIGH_S, network, account, random);
    Frame frame = new FrameCodec().decode(hostile.message().apply(1).payload());
    RepoEvent.CommitEvent event = (RepoEvent.CommitEvent) ((Frame.Message) frame).event();
    CommitSlice slice = new CommitSlice(new Sha256(), random);
    slice.load(event.blocks());
    RepoCommit commit = slice.commit();
    assertThat(commit).isNotNull();
    byte[] digest = new byte[Sha256.LENGTH];
    commit.digestUnsigned(new Sha256(), digest, 0);
    byte[] sig = commit.sig().toByteArray();

    boolean p256 = account.publicKey() instanceof P256PublicKey;
    X9ECParameters curve = CustomNamedCurves.getByName(p256 ? "secp256r1" : "secp256k1");
    ECDSASigner textbook = new ECDSASigner();
    textbook.init(
        false,
        new ECPublicKeyParameters(
            curve.getCurve().decodePoint(account.publicKey().compressed()),
            new ECDomainParameters(curve)));
    BigInteger s = new BigInteger(1, sig, 32, 32);
    assertThat(s).isGreaterThan(curve.getN().shiftRight(1));
    assertThat(textbook.verifySignature(digest, new BigInteger(1, sig, 0, 32), s)).isTrue();
  }

  /** Damage: a claim to be hostile on behalf of an account that has nothing to damage. */
  @Test
  void forge_withoutACommitOrASecondHost_isRefused() {
    SimulatedNetwork one = new SimulatedNetwork(NetworkShape.of(1, 1, 5), clock);
    SimulatedAccount account = one.account(0);
    assertThatThrownBy(() -> HostileFrame.forge(Fault.TOO_BIG, one, account, random))
        .isInstanceOf(IllegalArgumentException.class);
    new SimulatedTraffic(one, 1).introduce(account);
    assertThatThrownBy(
            () -> HostileFrame.forge(Fault.ACCOUNT_OF_ANOTHER_HOST, one, account, random))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Damage: a fault that was asked for, never came, and nobody noticed. */
  @Test
  void plan_firesEachFaultInTurn_andSaysWhichAreMissing() {
    EnumSet<Fault> faults = EnumSet.of(Fault.HIGH_S, Fault.GARBAGE, Fault.TOO_BIG);
    FaultPlan plan = new FaultPlan(network, 1, faults, 10);
    assertThat(plan.unfired()).isEqualTo(faults);
    int frames = 0;
    for (int step = 0; step < 60; step++) {
      HostileFrame frame = plan.next();
      frames += frame == null ? 0 : 1;
      assertThat(frame == null).isEqualTo((step + 1) % 10 != 0);
    }
    assertThat(frames).isEqualTo(6);
    assertThat(plan.fired()).hasSize(3).allSatisfy((_, count) -> assertThat(count).isEqualTo(2));
    assertThat(plan.unfired()).isEmpty();
  }

  /** Damage: a plan that waits for ever, or fails, in a network where nobody has written yet. */
  @Test
  void plan_withoutVictims_firesNothing() {
    SimulatedNetwork quiet = Networks.of(5);
    FaultPlan plan = new FaultPlan(quiet, 1, EnumSet.allOf(Fault.class), 1);
    assertThat(plan.next()).isNull();
    assertThat(plan.unfired()).hasSize(Fault.values().length);
  }
}
