// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.scenario;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.interop.scenario.Scenario.Event;
import dev.atprotojava.interop.scenario.Scenario.Outcome;
import dev.atprotojava.interop.scenario.Scenario.Step;
import dev.atprotojava.simulator.FrameBody;
import dev.atprotojava.simulator.FrameEncoder;
import dev.atprotojava.simulator.SimulatedCommit;
import dev.atprotojava.simulator.VirtualClock;
import dev.atprotojava.syntax.Did;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes a scenario, step by step. Repositories are written an hour before it begins. */
final class ScenarioScript {
  static final String A = "a.example.com";
  static final String B = "b.example.com";
  static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  static final Outcome SAME = new Outcome.Same();
  static final Outcome IGNORED = new Outcome.Ignored();

  private final String name;
  private final String about;
  private final List<String> rules;
  private final List<Step> steps = new ArrayList<>();
  private final Map<String, Long> seqs = new HashMap<>();
  final VirtualClock clock = new VirtualClock(NOW.minus(Duration.ofHours(1)));
  private boolean lenient;

  ScenarioScript(String name, String about, String... rules) {
    this.name = name;
    this.about = about;
    this.rules = List.of(rules);
  }

  static Outcome dropped(String reason) {
    return new Outcome.Dropped(reason, List.of());
  }

  ScenarioScript lenient() {
    lenient = true;
    return this;
  }

  /** An account; repositories have a clock of their own, which goes on with each commit. */
  ScenarioAccount account(String accountName) {
    return new ScenarioAccount(
        accountName,
        () -> {
          clock.advance(Duration.ofSeconds(1));
          return clock.instant();
        });
  }

  /** An account on a host, which the directory and the relay know, with a first commit. */
  ScenarioAccount known(String accountName, String host) {
    ScenarioAccount account = account(accountName);
    directory(account, host);
    sends(host, "its identity", account.identity(), SAME);
    sends(host, "its status", account.active(), SAME);
    sends(host, "its first commit", account.post().toCommit(), SAME);
    return account;
  }

  void directory(ScenarioAccount account, String host) {
    steps.add(new Step.Directory(account.did(), account.on(host)));
  }

  void directory(ScenarioAccount account, Scenario.@Nullable Entry entry) {
    steps.add(new Step.Directory(account.did(), entry));
  }

  void answers(String host, ScenarioAccount account, boolean active, @Nullable String status) {
    steps.add(new Step.Answers(host, account.did(), active, status));
  }

  void waits(long seconds) {
    steps.add(new Step.Wait(seconds));
  }

  /** A host sends an event under its next number. */
  void sends(String host, String note, FrameBody.Event event, Outcome outcome) {
    long seq = seqs.merge(host, 1L, Long::sum);
    sends(host, note, FrameEncoder.encode(event, seq).bytes(), outcome);
  }

  /** A host sends bytes. */
  void sends(String host, String note, Bytes message, Outcome outcome) {
    steps.add(new Step.Sends(host, note, message, outcome));
  }

  long nextSeq(String host) {
    return seqs.merge(host, 1L, Long::sum);
  }

  /** The relay must say this of an account. */
  void holds(
      ScenarioAccount account,
      boolean active,
      @Nullable String status,
      @Nullable SimulatedCommit head) {
    String rev = head == null ? null : head.commit().rev().toString();
    steps.add(new Step.Holds(account.did(), active, status, rev));
  }

  /** An {@code #account} that leaves with another status than it came, or unasked. */
  static Event account(Did did, boolean active, @Nullable String status) {
    var fields = CborValue.map().put("did", did.toString());
    fields.put("time", CborValue.ofNull()).put("active", active);
    if (status != null) {
      fields.put("status", status);
    }
    return new Event("#account", fields.build());
  }

  /** An {@code #identity} that leaves without its handle. */
  static Event identity(Did did) {
    return new Event(
        "#identity",
        CborValue.map().put("did", did.toString()).put("time", CborValue.ofNull()).build());
  }

  Scenario scenario() {
    return new Scenario(name, about, rules, NOW, lenient, steps);
  }
}
