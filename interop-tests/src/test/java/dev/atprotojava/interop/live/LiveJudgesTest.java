// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.identity.Identity;
import dev.atprotojava.identity.IdentityLookup;
import dev.atprotojava.identity.PdsEndpoint;
import dev.atprotojava.interop.report.Report.Row;
import dev.atprotojava.simulator.Fault;
import dev.atprotojava.simulator.HostileFrame;
import dev.atprotojava.simulator.NetworkShape;
import dev.atprotojava.simulator.PdsStream;
import dev.atprotojava.simulator.SimulatedAccount;
import dev.atprotojava.simulator.SimulatedNetwork;
import dev.atprotojava.simulator.SimulatedTraffic;
import dev.atprotojava.simulator.StreamMessage;
import dev.atprotojava.simulator.VirtualClock;
import dev.atprotojava.sync.CommitFault;
import dev.atprotojava.sync.Cursor;
import dev.atprotojava.sync.FrameFault;
import dev.atprotojava.sync.RepoEvent.Sequenced;
import dev.atprotojava.sync.SyncLimits;
import dev.atprotojava.syntax.Did;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Streams of a simulated host, judged without sockets. Damage: a sender that is blamed for what is
 * right, or that is not told of what is wrong.
 */
class LiveJudgesTest {
  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-03-01T12:00:00Z"));
  private final SimulatedNetwork network =
      new SimulatedNetwork(new NetworkShape(31, 3, 30, 0.5), clock);
  private final Tally tally = new Tally();
  private final StreamJudge stream = new StreamJudge(tally, 0);

  LiveJudgesTest() {
    SimulatedTraffic traffic = new SimulatedTraffic(network, 31);
    for (int i = 0; i < 300; i++) {
      clock.advance(Duration.ofMillis(1));
      SimulatedTraffic.Step step = traffic.next();
      step.events().forEach(step.account().host()::append);
    }
  }

  /** What the network knows of its accounts. */
  private final class Known implements Identities {
    @Override
    public IdentityLookup lookup(Did did) {
      SimulatedAccount account = network.find(did);
      if (account == null) {
        return new IdentityLookup.NotFound(did, clock.instant());
      }
      return new IdentityLookup.Found(
          Identity.of(
              did,
              account.handle(),
              PdsEndpoint.parse(account.host().endpoint().toString(), AddressPolicy.dev()),
              account.publicKey(),
              clock.instant()));
    }

    @Override
    public IdentityLookup refresh(Did did) {
      return lookup(did);
    }

    @Override
    public List<PublicKey> formerKeys(Did did) {
      return List.of();
    }
  }

  private AccountJudge judgeOf(String authority) {
    return new AccountJudge(new Known(), tally, clock, authority, new SplittableRandom(1));
  }

  private void take(AccountJudge accounts, StreamMessage message) {
    Sequenced event = stream.judge(message.payload());
    if (event != null) {
      accounts.judge(event);
    }
  }

  private int takeAll(AccountJudge accounts, PdsStream messages) {
    int count = 0;
    for (StreamMessage each = messages.next(); each != null; each = messages.next()) {
      take(accounts, each);
      count++;
    }
    return count;
  }

  private List<Row> broken() {
    return tally.rows().stream().filter(row -> row.broken() > 0).toList();
  }

  private static @Nullable LiveRule ruleOf(Fault fault) {
    String reason = fault.dropReason();
    if (reason == null || fault == Fault.STATUS_FROM_ANOTHER_HOST) {
      // A status from a former host says nothing, and may be sent (SC-85).
      return null;
    }
    return switch (reason) {
      case "WRONG_HOST" -> LiveRule.HOST;
      case "IDENTITY_NOT_FOUND" -> LiveRule.IDENTITY;
      case "SEQ_NOT_RISING" -> LiveRule.SEQ_RISES;
      case "FRAME_UNDECODABLE" -> LiveRule.TWO_MAPS;
      case "BAD_DID", "TOO_MANY_OPS" -> LiveRule.of(FrameFault.valueOf(reason));
      default -> LiveRule.of(CommitFault.valueOf(reason));
    };
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"TEXT_MESSAGE", "OVERSIZED_FRAME"}) // are not read: see the next test
  void judges_tellEachFaultByItsRule(Fault fault) {
    HostileFrame hostile =
        HostileFrame.forge(fault, network, network.account(0), new SplittableRandom(1));
    AccountJudge accounts = judgeOf(hostile.sender().hostname());
    takeAll(accounts, hostile.sender().subscribe(new Cursor.Oldest(), () -> {}));
    assertThat(broken()).as("before").isEmpty();

    take(accounts, hostile.message().apply(hostile.sender().lastSeq() + 1));

    LiveRule rule = ruleOf(fault);
    List<String> told = new ArrayList<>(broken().stream().map(Row::what).toList());
    if (rule == null) {
      assertThat(told).isEmpty();
      return;
    }
    assertThat(told).contains(rule.sentence());
    told.remove(rule.sentence());
    // Another tree before is not that of the commit before.
    told.remove(LiveRule.CHAIN.sentence());
    assertThat(told).as("rules that are not broken").isEmpty();
    assertThat(broken().getFirst().findings().getFirst().message()).isNotEmpty();
  }

  @Test
  void judges_lookAtEveryRuleOfAGoodStream() {
    AccountJudge accounts = judgeOf(network.hosts().get(0).hostname());
    int messages =
        takeAll(accounts, network.hosts().get(0).subscribe(new Cursor.Oldest(), () -> {}));
    assertThat(messages).isGreaterThan(50);
    assertThat(broken()).isEmpty();
    assertThat(tally.rows()).filteredOn(row -> row.checked() == 0).isEmpty();
    assertThat(SyncLimits.MAX_SEQ).isGreaterThan(stream.lastSeq());
  }

  @Test
  void passedOver_isTold() {
    stream.passedOver(LiveRule.BINARY, "a text message");
    assertThat(broken()).singleElement().extracting(Row::name).isEqualTo("SC-20");
  }

  // SC-42: the event that the cursor names may come once more after a new connection, and only
  // then.
  @Test
  void resumed_theSameSeqOnce_isSilent() {
    PdsStream messages = network.hosts().get(0).subscribe(new Cursor.Oldest(), () -> {});
    StreamMessage first = messages.next();
    assertThat(first).isNotNull();
    assertThat(stream.judge(first.payload())).isNotNull();
    stream.resumed();
    assertThat(stream.judge(first.payload())).isNull();
    assertThat(broken()).isEmpty();
    assertThat(stream.judge(first.payload())).isNull();
    assertThat(broken()).singleElement().extracting(Row::name).isEqualTo("SC-43");
  }
}
