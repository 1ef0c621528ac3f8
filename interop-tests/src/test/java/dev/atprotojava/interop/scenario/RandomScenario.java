// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.scenario;

import static dev.atprotojava.interop.scenario.ScenarioScript.A;
import static dev.atprotojava.interop.scenario.ScenarioScript.B;
import static dev.atprotojava.interop.scenario.ScenarioScript.NOW;
import static dev.atprotojava.interop.scenario.ScenarioScript.SAME;
import static dev.atprotojava.interop.scenario.ScenarioScript.dropped;

import dev.atprotojava.car.CarWriter;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.interop.scenario.Scenario.Event;
import dev.atprotojava.interop.scenario.Scenario.Outcome;
import dev.atprotojava.repo.RepoCommit;
import dev.atprotojava.simulator.FrameBody;
import dev.atprotojava.simulator.FrameEncoder;
import dev.atprotojava.simulator.SimulatedCommit;
import dev.atprotojava.sync.RepoOp;
import dev.atprotojava.syntax.Tid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A scenario by chance: accounts that write, move, rotate keys, come and go on two hosts that tell
 * the truth, repeat themselves, and lie. What must come of each message is known from the world,
 * and from what the relay was told of it before, by the rules of the specification (5.5, 5.6, 5.8,
 * 6.3) and of the design where it departs from them; nothing of the relay's code is used.
 */
final class RandomScenario {
  private static final int ACCOUNTS = 4;
  private static final int STEPS = 60;

  /** Repeats, and breaks of a chain, that a relay surely lets pass; it stops some above. */
  private static final int FEW = 14;

  private static final long STATUS_AGAIN_SECONDS = 600;
  private static final String ACTIVE = "active";

  /** What is looked at only when the signature is right. */
  private static final Set<String> OF_THE_TREE = Set.of("OP_INVALID", "RECORD_MISSING");

  /** An account in the world, and what the relay was told of it. */
  private static final class Subject {
    final ScenarioAccount account;
    String home;
    Scenario.@Nullable Entry truth;

    /** What the relay remembers of the directory; false where it would have to ask. */
    boolean remembered = true;

    Scenario.@Nullable Entry memory;

    SimulatedCommit accepted;
    @Nullable String inactive;

    /** What hosts answer when they are asked for its status. */
    final Map<String, String> answers = new HashMap<>();

    /** When they were asked last. */
    final Map<String, Long> asked = new HashMap<>();

    int repeats;
    int breaks;

    Subject(ScenarioAccount account, String home) {
      this.account = account;
      this.home = home;
      this.truth = account.on(home);
      this.memory = truth;
      this.accepted = account.head();
    }
  }

  private final ScenarioScript script;
  private final SplittableRandom random;
  private final List<Subject> subjects = new ArrayList<>();
  private long seconds;

  private RandomScenario(long seed) {
    this.script = new ScenarioScript("random-" + seed, "What comes by chance.");
    this.random = new SplittableRandom(seed);
  }

  static Scenario of(long seed) {
    return new RandomScenario(seed).write();
  }

  private Scenario write() {
    for (int i = 0; i < ACCOUNTS; i++) {
      String home = random.nextBoolean() ? A : B;
      Subject subject = new Subject(script.known("user" + i + "x".repeat(i % 2), home), home);
      subject.remembered = true;
      subjects.add(subject);
    }
    for (int i = 0; i < STEPS; i++) {
      Subject subject = subjects.get(random.nextInt(ACCOUNTS));
      switch (random.nextInt(16)) {
        case 0, 1, 2, 3 -> commit(subject, host(subject));
        case 4 -> stale(subject);
        case 5 -> gap(subject);
        case 6 -> sync(subject);
        case 7 -> identity(subject);
        case 8, 9 -> status(subject);
        case 10 -> rotate(subject);
        case 11 -> move(subject);
        case 12, 13 -> damaged(subject);
        case 14 -> tombstone(subject);
        default -> aside(subject);
      }
    }
    for (Subject subject : subjects) {
      script.holds(subject.account, subject.inactive == null, subject.inactive, subject.accepted);
    }
    return script.scenario();
  }

  /** Mostly where the account lives. */
  private String host(Subject subject) {
    return random.nextInt(5) == 0 ? other(subject.home) : subject.home;
  }

  private static String other(String host) {
    return host.equals(A) ? B : A;
  }

  // What the relay must do.

  /**
   * SC-51, SC-52: what is remembered first, and the directory once before a drop. SC-84: a
   * tombstone is told as a deletion.
   */
  private static @Nullable String identityFault(
      Subject subject, String host, boolean content, List<Event> events) {
    if (!subject.remembered) {
      refresh(subject);
    }
    if (fault(subject.memory, host, content) != null) {
      refresh(subject);
    }
    return told(subject, fault(subject.memory, host, content), events);
  }

  private static @Nullable String told(
      Subject subject, @Nullable String fault, List<Event> events) {
    if (subject.memory == null && !"deleted".equals(subject.inactive)) {
      tell(subject, "deleted", events);
    }
    return fault;
  }

  private static void tell(Subject subject, String status, List<Event> events) {
    boolean active = status.equals(ACTIVE);
    subject.inactive = active ? null : status;
    events.add(ScenarioScript.account(subject.account.did(), active, subject.inactive));
  }

  private static void refresh(Subject subject) {
    subject.memory = subject.truth;
    subject.remembered = true;
  }

  private static @Nullable String fault(
      Scenario.@Nullable Entry entry, String host, boolean content) {
    if (entry == null || entry.pds() == null) {
      return "IDENTITY_NOT_FOUND";
    }
    if (!entry.pds().equals(host)) {
      return "WRONG_HOST";
    }
    return content && entry.key() == null ? "IDENTITY_NOT_FOUND" : null;
  }

  /**
   * What comes of content up to its signature (SC-50, RL-30).
   *
   * @param events that leave beside it
   * @param key that it is signed with
   */
  private @Nullable String contentFault(
      Subject subject,
      String host,
      Tid rev,
      String key,
      @Nullable String flaw,
      List<Event> events) {
    if (rev.compareTo(subject.accepted.commit().rev()) <= 0) {
      return "STALE_REV";
    }
    String fault = identityFault(subject, host, true, events);
    if (fault != null) {
      return fault;
    }
    if (subject.inactive != null && mayAsk(subject, host)) {
      subject.asked.put(host, seconds);
      String answer = subject.answers.get(host);
      if (answer != null && !answer.equals(subject.inactive)) {
        tell(subject, answer, events);
      }
    }
    if (subject.inactive != null) {
      return "ACCOUNT_INACTIVE";
    }
    if (flaw != null && !OF_THE_TREE.contains(flaw)) {
      return flaw;
    }
    if (!key.equals(memoryKey(subject))) {
      refresh(subject);
      fault = told(subject, fault(subject.memory, host, true), events);
      if (fault != null) {
        return fault;
      }
      if (!key.equals(memoryKey(subject))) {
        return "BAD_SIGNATURE";
      }
    }
    return flaw;
  }

  private boolean mayAsk(Subject subject, String host) {
    Long asked = subject.asked.get(host);
    return asked == null || seconds - asked >= STATUS_AGAIN_SECONDS;
  }

  private static @Nullable String memoryKey(Subject subject) {
    return subject.memory == null ? null : subject.memory.key();
  }

  private void content(
      Subject subject,
      String host,
      String note,
      FrameBody.Event event,
      Tid rev,
      @Nullable String flaw) {
    List<Event> events = new ArrayList<>();
    String key = subject.account.headKey();
    String fault = contentFault(subject, host, rev, key, flaw, events);
    Outcome outcome;
    if (fault == null) {
      subject.accepted = subject.account.head();
      events.add(Event.SAME);
      outcome = events.size() == 1 ? SAME : new Outcome.Emitted(events);
    } else {
      outcome = new Outcome.Dropped(fault, events);
    }
    script.sends(host, subject.account.did() + " " + note, event, outcome);
  }

  // What happens.

  private void commit(Subject subject, String host) {
    if (subject.breaks >= FEW) {
      return;
    }
    boolean follows = subject.account.head().equals(subject.accepted);
    SimulatedCommit commit =
        random.nextInt(4) == 0 ? subject.account.commit() : subject.account.post();
    content(subject, host, "commits", commit.toCommit(), commit.commit().rev(), null);
    if (!follows || subject.accepted != commit) {
      subject.breaks++;
    }
  }

  private void stale(Subject subject) {
    FrameBody.Commit old = subject.accepted.toCommit();
    script.sends(
        host(subject),
        subject.account.did() + " repeats its last accepted commit",
        old,
        dropped("STALE_REV"));
  }

  private void gap(Subject subject) {
    subject.account.post(); // nobody hears of it
    commit(subject, subject.home);
  }

  private void sync(Subject subject) {
    if (subject.breaks >= FEW || subject.repeats >= FEW) {
      return;
    }
    if (random.nextBoolean()) {
      subject.account.post();
    }
    boolean newer = !subject.account.head().equals(subject.accepted);
    String host = host(subject);
    if (newer) {
      SimulatedCommit head = subject.account.head();
      subject.breaks++;
      content(subject, host, "syncs", subject.account.sync(NOW), head.commit().rev(), null);
    } else if (subject.inactive == null && isRememberedAsItIs(subject)) {
      subject.repeats++;
      equalSync(subject);
    }
  }

  private static boolean isRememberedAsItIs(Subject subject) {
    String key = subject.account.headKey();
    return subject.remembered
        && fault(subject.memory, subject.home, true) == null
        && key.equals(memoryKey(subject));
  }

  /** RL-36: the last revision again, with its commit or with another one. */
  private void equalSync(Subject subject) {
    if (random.nextBoolean()) {
      script.sends(subject.home, "the same sync", subject.account.sync(NOW), SAME);
    } else {
      Tid rev = subject.accepted.commit().rev();
      subject.account.post();
      subject.breaks++;
      RepoCommit fork = subject.account.signed(subject.account.did(), rev);
      Bytes blocks = new CarWriter(List.of(fork.cid())).add(fork.cid(), fork.encoded()).toBytes();
      script.sends(
          subject.home,
          "a fork",
          new FrameBody.Sync(subject.account.did(), rev, blocks, ScenarioAccount.TIME),
          dropped("SYNC_CONFLICT"));
    }
  }

  /** RL-34: from anybody; the handle only if what is remembered claims it. */
  private void identity(Subject subject) {
    if (subject.repeats >= FEW) {
      return;
    }
    subject.repeats++;
    boolean claimed = subject.remembered && subject.memory != null;
    script.sends(
        random.nextBoolean() ? subject.home : other(subject.home),
        subject.account.did() + " has an identity",
        subject.account.identity(),
        claimed
            ? SAME
            : new Outcome.Emitted(List.of(ScenarioScript.identity(subject.account.did()))));
    subject.remembered = false;
  }

  /** RL-35: from the account's own host. */
  private void status(Subject subject) {
    if (subject.repeats >= FEW) {
      return;
    }
    String host = host(subject);
    String status = List.of("deactivated", "suspended", "deleted").get(random.nextInt(3));
    boolean active = subject.inactive != null ? random.nextInt(4) > 0 : random.nextInt(3) > 0;
    subject.repeats++;
    List<Event> events = new ArrayList<>();
    String fault = identityFault(subject, host, false, events);
    script.sends(
        host,
        subject.account.did() + " is " + (active ? "active" : status),
        active ? subject.account.active() : subject.account.inactive(status),
        fault == null ? SAME : new Outcome.Dropped(fault, events));
    if (fault == null) {
      subject.inactive = active ? null : status;
      // When it is asked it may say that the account is back, and nobody was told.
      answers(subject, active || random.nextInt(3) == 0 ? ACTIVE : status);
    }
  }

  private void answers(Subject subject, String status) {
    boolean active = status.equals(ACTIVE);
    subject.answers.put(subject.home, status);
    script.answers(subject.home, subject.account, active, active ? null : status);
  }

  private void rotate(Subject subject) {
    subject.account.rotateKey();
    subject.truth = subject.truth == null ? null : subject.account.on(subject.home);
    script.directory(subject.account, subject.truth);
    if (random.nextBoolean()) {
      identity(subject);
    }
  }

  private void move(Subject subject) {
    if (subject.truth == null || subject.inactive != null) {
      return;
    }
    subject.home = other(subject.home);
    subject.truth = subject.account.on(subject.home);
    script.directory(subject.account, subject.truth);
    answers(subject, ACTIVE);
    switch (random.nextInt(3)) {
      case 0 -> identity(subject);
      case 1 -> commit(subject, subject.home);
      default -> commit(subject, other(subject.home)); // late, from where it was
    }
  }

  private void tombstone(Subject subject) {
    subject.truth = subject.truth == null ? subject.account.on(subject.home) : null;
    script.directory(subject.account, subject.truth);
  }

  private void damaged(Subject subject) {
    if (subject.breaks >= FEW) {
      return;
    }
    subject.breaks++;
    SimulatedCommit commit = subject.account.commit(subject.account.create());
    Damaged part = Damaged.of(commit);
    Tid rev = commit.commit().rev();
    List<RepoOp> ops = commit.toCommit().ops();
    Cid record = commit.records().getFirst().cid();
    switch (random.nextInt(6)) {
      case 0 -> fails(subject, part.tooBig(), rev, "TOO_BIG");
      case 1 -> fails(subject, part.time("soon"), rev, "BAD_TIME");
      case 2 -> fails(subject, part.cid(Cid.ofDagCbor(new byte[] {7})), rev, "COMMIT_CID_MISMATCH");
      case 3 ->
          fails(subject, part.ops(List.of(ops.getFirst(), ops.getFirst())), rev, "OP_INVALID");
      case 4 -> fails(subject, part.without(b -> b.cid().equals(record)), rev, "RECORD_MISSING");
      default -> {
        Tid another = subject.account.nextRev();
        fails(subject, part.rev(another), another, "REV_MISMATCH");
      }
    }
  }

  private void fails(Subject subject, FrameBody.Commit commit, Tid rev, String flaw) {
    content(subject, subject.home, "sends " + flaw, commit, rev, flaw);
  }

  private void aside(Subject subject) {
    switch (random.nextInt(4)) {
      case 0 -> {
        seconds += 700;
        script.waits(700);
      }
      case 1 ->
          script.sends(
              subject.home,
              "noise",
              Bytes.wrap(new byte[] {(byte) random.nextInt(256), 1}),
              dropped("FRAME_UNDECODABLE"));
      case 2 ->
          script.sends(
              subject.home,
              "an old number",
              FrameEncoder.encode(subject.account.identity(), 1).bytes(),
              dropped("SEQ_NOT_RISING"));
      default ->
          script.sends(
              subject.home,
              "an info",
              FrameEncoder.encode(new FrameBody.Info("Hello", null)),
              ScenarioScript.IGNORED);
    }
  }
}
