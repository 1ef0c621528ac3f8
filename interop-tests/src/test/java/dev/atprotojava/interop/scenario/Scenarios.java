// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.scenario;

import static dev.atprotojava.interop.scenario.ScenarioScript.A;
import static dev.atprotojava.interop.scenario.ScenarioScript.B;
import static dev.atprotojava.interop.scenario.ScenarioScript.IGNORED;
import static dev.atprotojava.interop.scenario.ScenarioScript.NOW;
import static dev.atprotojava.interop.scenario.ScenarioScript.SAME;
import static dev.atprotojava.interop.scenario.ScenarioScript.dropped;

import dev.atprotojava.car.CarWriter;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborReader;
import dev.atprotojava.cbor.CborWriter;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.interop.scenario.Scenario.Entry;
import dev.atprotojava.interop.scenario.Scenario.Outcome;
import dev.atprotojava.repo.RecordWrite;
import dev.atprotojava.repo.RepoCommit;
import dev.atprotojava.simulator.FrameBody;
import dev.atprotojava.simulator.FrameEncoder;
import dev.atprotojava.simulator.SimulatedCommit;
import dev.atprotojava.sync.RepoOp;
import dev.atprotojava.syntax.RecordPath;
import dev.atprotojava.syntax.Tid;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** All scenarios, as they are written to the files. */
final class Scenarios {
  private static final String NOTE = "app.example.note/";

  private Scenarios() {}

  static List<Scenario> all() {
    List<ScenarioScript> all = new ArrayList<>();
    events(all);
    revisions(all);
    identities(all);
    statuses(all);
    syncs(all);
    contents(all);
    postures(all);
    messages(all);
    return all.stream().map(ScenarioScript::scenario).toList();
  }

  private static ScenarioScript script(
      List<ScenarioScript> all, String name, String about, String... rules) {
    ScenarioScript script = new ScenarioScript(name, about, rules);
    all.add(script);
    return script;
  }

  private static void events(List<ScenarioScript> all) {
    ScenarioScript s =
        script(
            all,
            "new-account",
            "The first events of an account leave as they came, with new numbers, and make it known.",
            "RL-10",
            "RL-18",
            "RL-30",
            "RL-39",
            "SC-50",
            "SC-85");
    ScenarioAccount alice = s.known("alice", A);
    s.holds(alice, true, null, alice.head());
    s.sends(A, "a record more", alice.post().toCommit(), SAME);
    s.sends(A, "another value", alice.edit(1).toCommit(), SAME);
    s.sends(A, "a deletion", alice.delete(2).toCommit(), SAME);
    s.holds(alice, true, null, alice.head());

    s =
        script(
            all,
            "unknown-account",
            "Nobody is introduced by a host that is not theirs.",
            "RL-39",
            "SC-52");
    ScenarioAccount bob = s.account("bob");
    s.directory(bob, B);
    s.sends(A, "an identity", bob.identity(), dropped("UNKNOWN_ACCOUNT"));
    s.sends(A, "a status", bob.active(), dropped("UNKNOWN_ACCOUNT"));
    s.sends(A, "a commit", bob.post().toCommit(), dropped("WRONG_HOST"));

    s =
        script(
            all,
            "middle-of-a-history",
            "An account that is first seen in the middle of its history passes from there.",
            "RL-39",
            "SC-64");
    ScenarioAccount carol = s.account("carol");
    s.directory(carol, A);
    carol.post();
    s.sends(A, "its second commit", carol.post().toCommit(), SAME);
    s.sends(A, "its third", carol.post().toCommit(), SAME);
    s.holds(carol, true, null, carol.head());

    s = script(all, "empty-commit", "A commit without operations passes.", "RL-40");
    ScenarioAccount dave = s.known("dave", A);
    s.sends(A, "an empty commit", dave.commit().toCommit(), SAME);
    s.holds(dave, true, null, dave.head());
  }

  private static void revisions(List<ScenarioScript> all) {
    ScenarioScript s =
        script(
            all,
            "stale-revision",
            "A commit whose revision is not above the last one is dropped, and changes nothing.",
            "SC-55",
            "RL-33",
            "RL-31");
    ScenarioAccount alice = s.known("alice", A);
    SimulatedCommit first = alice.head();
    SimulatedCommit second = alice.post();
    s.sends(A, "a commit", second.toCommit(), SAME);
    s.sends(A, "the same again", second.toCommit(), dropped("STALE_REV"));
    s.sends(A, "the one before", first.toCommit(), dropped("STALE_REV"));
    s.holds(alice, true, null, second);
    s.sends(A, "the next", alice.post().toCommit(), SAME);

    s =
        script(
            all,
            "future-revision",
            "A revision more than five minutes ahead is dropped.",
            "SC-57",
            "RL-33");
    ScenarioAccount bob = s.known("bob", A);
    Tid future =
        Tid.ofMicros(ChronoUnit.MICROS.between(Instant.EPOCH, NOW.plus(Duration.ofMinutes(6))), 1);
    s.sends(
        A,
        "a commit of six minutes from now",
        Damaged.of(bob.post()).signed(bob.signed(bob.did(), future), bob.did()),
        dropped("FUTURE_REV"));

    s =
        script(
            all,
            "gap",
            "A commit that does not follow the last one, but is right in itself, passes and is what"
                + " the next one follows.",
            "RL-32",
            "SC-60");
    ScenarioAccount carol = s.known("carol", A);
    carol.post(); // nobody hears of it
    s.sends(A, "a commit after one that was lost", carol.post().toCommit(), SAME);
    s.sends(A, "the next", carol.post().toCommit(), SAME);
    s.holds(carol, true, null, carol.head());

    s =
        script(
            all,
            "sequence-going-back",
            "Within a connection, a message whose number does not rise is dropped.",
            "RL-30");
    ScenarioAccount dave = s.known("dave", A);
    SimulatedCommit next = dave.post();
    s.sends(
        A,
        "under an old number",
        FrameEncoder.encode(next.toCommit(), 1).bytes(),
        dropped("SEQ_NOT_RISING"));
    s.sends(A, "under a new one", next.toCommit(), SAME);
  }

  private static void identities(List<ScenarioScript> all) {
    ScenarioScript s =
        script(
            all,
            "key-rotation",
            "A commit that the known key does not verify has the identity asked for once more.",
            "SC-54");
    ScenarioAccount alice = s.known("alice", A);
    alice.rotateKey();
    SimulatedCommit early = alice.post();
    s.sends(A, "signed by a key that nobody knows", early.toCommit(), dropped("BAD_SIGNATURE"));
    alice.post();
    s.directory(alice, A);
    s.waits(3600);
    s.sends(A, "an identity, as after a rotation", alice.identity(), SAME);
    s.sends(A, "by the key that the directory now has", alice.post().toCommit(), SAME);
    s.holds(alice, true, null, alice.head());

    s =
        script(
            all,
            "bad-signature",
            "A commit or a sync with another's signature is dropped and changes nothing.",
            "SC-54",
            "RL-31");
    ScenarioAccount bob = s.known("bob", A);
    ScenarioAccount mallory = s.account("mallory");
    SimulatedCommit head = bob.head();
    SimulatedCommit next = bob.post();
    byte[] sig = mallory.key().sign(new byte[] {1}).toBytes();
    var forged =
        RepoCommit.of(bob.did(), next.commit().rev(), next.commit().data(), null, Bytes.wrap(sig));
    s.sends(A, "forged", Damaged.of(next).signed(forged, bob.did()), dropped("BAD_SIGNATURE"));
    s.holds(bob, true, null, head);
    s.sends(A, "as it is", next.toCommit(), SAME);

    s =
        script(
            all,
            "wrong-host",
            "A host speaks only of accounts whose document names it.",
            "SC-52",
            "RL-37",
            "RL-35");
    ScenarioAccount carol = s.known("carol", A);
    s.sends(B, "a commit", carol.post().toCommit(), dropped("WRONG_HOST"));
    s.sends(B, "a sync", carol.sync(NOW), dropped("WRONG_HOST"));
    s.sends(B, "a status", carol.inactive("deleted"), dropped("WRONG_HOST"));
    s.holds(carol, true, null, null);
    s.sends(A, "the same commit from its own host", carol.head().toCommit(), SAME);

    s =
        script(
            all,
            "migration",
            "An account moves: its new host is believed as soon as the document says so, the old"
                + " one no more.",
            "RL-37",
            "SC-85",
            "SC-52",
            "RL-35");
    ScenarioAccount dave = s.known("dave", A);
    s.directory(dave, B);
    s.sends(B, "its identity, from the new host", dave.identity(), SAME);
    s.sends(B, "its status there", dave.active(), SAME);
    s.sends(A, "the old host lets it go", dave.inactive("deactivated"), dropped("WRONG_HOST"));
    dave.rotateKey();
    s.directory(dave, B);
    s.sends(B, "identity with the new key", dave.identity(), SAME);
    s.sends(B, "a sync", dave.commit().toSync(NOW), SAME);
    s.sends(B, "a commit", dave.post().toCommit(), SAME);
    s.sends(A, "a late commit of the old host", dave.post().toCommit(), dropped("WRONG_HOST"));
    s.holds(dave, true, null, null);

    s =
        script(
            all,
            "no-identity",
            "Without a document, a key or a PDS in it, content is dropped, never passed unverified.",
            "SC-51",
            "SC-84");
    ScenarioAccount erin = s.account("erin");
    s.directory(erin, (Entry) null);
    s.sends(
        A, "a commit of a tombstoned DID", erin.post().toCommit(), dropped("IDENTITY_NOT_FOUND"));
    ScenarioAccount frank = s.account("frank");
    s.directory(frank, new Entry(frank.handle(), null, A));
    s.sends(A, "a commit without a key", frank.post().toCommit(), dropped("IDENTITY_NOT_FOUND"));
    ScenarioAccount grace = s.account("grace");
    s.directory(grace, new Entry(grace.handle(), grace.key().publicKey().toDidKey(), null));
    s.sends(A, "a commit without a PDS", grace.post().toCommit(), dropped("IDENTITY_NOT_FOUND"));

    s =
        script(
            all,
            "handle",
            "The handle of an identity leaves only if the document claims it.",
            "RL-34",
            "RL-71");
    ScenarioAccount heidi = s.known("heidi", A);
    s.sends(A, "the handle of the document", heidi.identity(), SAME);
    s.sends(
        A,
        "another one",
        new FrameBody.Identity(heidi.did(), "someone.example.net", ScenarioAccount.TIME),
        new Outcome.Emitted(List.of(ScenarioScript.identity(heidi.did()))));
    s.sends(A, "none", new FrameBody.Identity(heidi.did(), null, ScenarioAccount.TIME), SAME);
    s.sends(
        B,
        "from a host that is not its own, which may only say that something changed",
        heidi.identity(),
        new Outcome.Emitted(List.of(ScenarioScript.identity(heidi.did()))));
  }

  private static void statuses(List<ScenarioScript> all) {
    ScenarioScript s =
        script(
            all,
            "inactive",
            "Content of an account that is not active is dropped until it returns; identities pass.",
            "SC-53",
            "RL-38",
            "SC-80",
            "SC-81",
            "SC-86");
    ScenarioAccount alice = s.known("alice", A);
    s.answers(A, alice, false, "deactivated");
    s.sends(A, "deactivated", alice.inactive("deactivated"), SAME);
    s.holds(alice, false, "deactivated", null);
    s.sends(A, "a commit", alice.post().toCommit(), dropped("ACCOUNT_INACTIVE"));
    s.sends(A, "a sync", alice.sync(NOW), dropped("ACCOUNT_INACTIVE"));
    s.sends(A, "an identity", alice.identity(), SAME);
    s.sends(A, "active again", alice.active(), SAME);
    s.sends(A, "a sync", alice.sync(NOW), SAME);
    s.sends(A, "a commit", alice.post().toCommit(), SAME);
    s.holds(alice, true, null, alice.head());

    s =
        script(
            all,
            "missed-return",
            "The host of an account that commits without being active is asked, and believed.",
            "RL-38",
            "SC-53",
            "SC-83");
    ScenarioAccount bob = s.known("bob", A);
    s.sends(A, "suspended", bob.inactive("suspended"), SAME);
    s.answers(A, bob, true, null);
    SimulatedCommit next = bob.post();
    s.sends(
        A,
        "a commit, and the host says that it is active",
        next.toCommit(),
        new Outcome.Emitted(
            List.of(ScenarioScript.account(bob.did(), true, null), Scenario.Event.SAME)));
    s.holds(bob, true, null, next);

    s =
        script(
            all,
            "every-status",
            "Each status is passed and told, also one that nobody knows; none is the last.",
            "SC-80",
            "SC-82");
    ScenarioAccount carol = s.known("carol", A);
    for (String status : List.of("deleted", "takendown", "suspended", "deactivated")) {
      s.sends(A, status, carol.inactive(status), SAME);
      s.holds(carol, false, status, null);
      s.sends(A, "active", carol.active(), SAME);
      s.holds(carol, true, null, carol.head());
    }
    s.sends(A, "a status of the future", carol.inactive("on-holiday"), SAME);
    s.holds(carol, false, null, null);

    s =
        script(
            all,
            "repeats",
            "What changes nothing is passed, for it repairs readers, but not without end.",
            "SC-59",
            "RL-59");
    ScenarioAccount dave = s.known("dave", A);
    for (int i = 0; i < 19; i++) {
      s.sends(A, "the same status again", dave.active(), SAME);
    }
    for (int i = 0; i < 3; i++) {
      s.sends(A, "once too often", dave.active(), dropped("REPEAT_LIMITED"));
    }
    s.sends(A, "a change is never too much", dave.inactive("deactivated"), SAME);
  }

  private static void syncs(List<ScenarioScript> all) {
    ScenarioScript s =
        script(
            all,
            "sync",
            "A sync of a newer revision passes, and is what the next commit follows.",
            "RL-36",
            "SC-62");
    ScenarioAccount alice = s.known("alice", A);
    alice.post(); // unheard
    s.sends(A, "a sync with other contents", alice.sync(NOW), SAME);
    s.holds(alice, true, null, alice.head());
    s.sends(A, "the commit that follows it", alice.post().toCommit(), SAME);
    s.sends(A, "the same revision and commit", alice.sync(NOW), SAME);

    s =
        script(
            all,
            "sync-conflict",
            "A sync of an older revision, or of the last one with another commit, is dropped.",
            "RL-36",
            "SC-55");
    ScenarioAccount bob = s.known("bob", A);
    FrameBody.Sync old = bob.sync(NOW);
    SimulatedCommit second = bob.post();
    s.sends(A, "a commit", second.toCommit(), SAME);
    s.sends(A, "a sync of the one before", old, dropped("STALE_REV"));
    bob.post();
    var fork = bob.signed(bob.did(), second.commit().rev());
    s.sends(A, "the same revision with another tree", sync(bob, fork), dropped("SYNC_CONFLICT"));
    s.holds(bob, true, null, second);

    s =
        script(
            all,
            "sync-after-import",
            "A sync whose revision is not that of its commit, as a PDS sends after an import, is"
                + " dropped and changes nothing.",
            "SC-56",
            "RL-31");
    ScenarioAccount carol = s.known("carol", A);
    SimulatedCommit head = carol.head();
    FrameBody.Sync sync = carol.post().toSync(NOW);
    s.sends(
        A,
        "another revision",
        new FrameBody.Sync(carol.did(), carol.nextRev(), sync.blocks(), sync.time()),
        dropped("REV_MISMATCH"));
    s.holds(carol, true, null, head);
    s.sends(A, "its own", sync, SAME);
  }

  private static FrameBody.Sync sync(ScenarioAccount account, RepoCommit commit) {
    Bytes blocks =
        new CarWriter(List.of(commit.cid())).add(commit.cid(), commit.encoded()).toBytes();
    return new FrameBody.Sync(account.did(), commit.rev(), blocks, ScenarioAccount.TIME);
  }

  private static void contents(List<ScenarioScript> all) {
    ScenarioScript s =
        script(
            all,
            "unequal-fields",
            "Account, revision and CID of the message must be those of the signed commit.",
            "SC-56",
            "RL-31");
    ScenarioAccount alice = s.known("alice", A);
    ScenarioAccount bobby = s.known("bobby", A);
    SimulatedCommit head = alice.head();
    SimulatedCommit next = alice.post();
    s.sends(
        A,
        "another CID",
        Damaged.of(next).cid(head.commit().cid()),
        dropped("COMMIT_CID_MISMATCH"));
    s.sends(A, "another revision", Damaged.of(next).rev(alice.nextRev()), dropped("REV_MISMATCH"));
    s.sends(A, "another account", Damaged.of(next).did(bobby.did()), dropped("DID_MISMATCH"));
    s.holds(alice, true, null, head);
    s.sends(A, "as it is", next.toCommit(), SAME);

    s =
        script(
            all,
            "inversion",
            "Taking the operations back must lead to the tree before; what fails is dropped, and"
                + " the next one judged as if it had not come.",
            "RL-31",
            "SC-50");
    ScenarioAccount carol = s.known("carol", A);
    SimulatedCommit before = carol.head();
    SimulatedCommit two = carol.commit(carol.create(), carol.create());
    List<RepoOp> ops = two.toCommit().ops();
    s.sends(
        A,
        "an operation is hidden",
        Damaged.of(two).ops(ops.subList(0, 1)),
        dropped("INVERSION_FAILED"));
    s.sends(
        A,
        "another tree before",
        Damaged.of(two).prevData(Cid.ofDagCbor(new byte[] {1})),
        dropped("INVERSION_FAILED"));
    s.sends(
        A,
        "an operation twice",
        Damaged.of(two).ops(List.of(ops.get(0), ops.get(1), ops.get(1))),
        dropped("OP_INVALID"));
    s.holds(carol, true, null, before);
    s.sends(A, "as it is", two.toCommit(), SAME);

    s =
        script(
            all,
            "missing-blocks",
            "Commit, tree nodes and records that the operations need must be there.",
            "SC-50",
            "SC-56",
            "RL-31");
    ScenarioAccount dave = s.known("dave", A);
    SimulatedCommit next4 = dave.post();
    Cid root = next4.commit().data();
    Cid record = next4.records().getFirst().cid();
    s.sends(
        A,
        "no commit",
        Damaged.of(next4).without(b -> b.cid().equals(next4.commit().cid())),
        dropped("COMMIT_MISSING"));
    s.sends(
        A,
        "no root",
        Damaged.of(next4).without(b -> b.cid().equals(root)),
        dropped("NODE_MISSING"));
    s.sends(
        A,
        "no record",
        Damaged.of(next4).without(b -> b.cid().equals(record)),
        dropped("RECORD_MISSING"));
    s.sends(
        A,
        "cut off",
        Damaged.of(next4).blocks(next4.toCommit().blocks().slice(0, 100)),
        dropped("CAR_INVALID"));
    s.sends(A, "as it is", next4.toCommit(), SAME);

    s =
        script(
            all,
            "too-many-operations",
            "More than two hundred operations are dropped.",
            "SC-50",
            "RL-31");
    ScenarioAccount erin = s.known("erin", A);
    SimulatedCommit before5 = erin.head();
    RecordWrite[] writes = new RecordWrite[201];
    for (int i = 0; i < writes.length; i++) {
      writes[i] = erin.create();
    }
    s.sends(A, "201 operations", erin.commit(writes).toCommit(), dropped("TOO_MANY_OPS"));
    s.holds(erin, true, null, before5);

    s = script(all, "odd-record", "What a record says is not for a relay to judge.", "SC-58");
    ScenarioAccount frank = s.known("frank", A);
    Bytes odd = new CborWriter().writeMap(1).writeText("$type").writeInteger(7).toBytes();
    RecordWrite write = new RecordWrite.Create(RecordPath.parse(NOTE + "odd"), odd);
    s.sends(A, "a record whose type is a number", frank.commit(write).toCommit(), SAME);
  }

  private static void postures(List<ScenarioScript> all) {
    ScenarioScript s =
        script(
            all,
            "strict",
            "Strictly, all that older hosts leave out is dropped.",
            "RL-42",
            "SC-60");
    ScenarioAccount alice = s.known("alice", A);
    SimulatedCommit next = alice.post();
    s.sends(A, "no tree before", Damaged.of(next).prevData(null), dropped("PREV_DATA_MISSING"));
    s.sends(A, "too big", Damaged.of(next).tooBig(), dropped("TOO_BIG"));
    s.sends(A, "a rebase", Damaged.of(next).rebase(), dropped("REBASE"));
    s.sends(A, "a time that is none", Damaged.of(next).time("yesterday"), dropped("BAD_TIME"));
    SimulatedCommit edit = alice.edit(1);
    s.sends(A, "a gap, and no value before", withoutPrev(edit), dropped("PREV_MISSING"));
    s.sends(A, "as it is", edit.toCommit(), SAME);

    s =
        script(
            all,
            "lenient",
            "Leniently, what older hosts leave out passes; signatures and hosts are checked all the"
                + " same.",
            "RL-42");
    s.lenient();
    ScenarioAccount bob = s.known("bob", A);
    s.sends(A, "no tree before", Damaged.of(bob.post()).prevData(null), SAME);
    s.sends(A, "too big", Damaged.of(bob.post()).tooBig(), SAME);
    s.sends(A, "a rebase", Damaged.of(bob.post()).rebase(), SAME);
    s.sends(A, "a time that is none", Damaged.of(bob.post()).time("yesterday"), SAME);
    s.sends(A, "no value before", withoutPrev(bob.edit(1)), SAME);
    s.sends(B, "from another host", bob.post().toCommit(), dropped("WRONG_HOST"));
    bob.rotateKey();
    s.sends(A, "by another key", bob.post().toCommit(), dropped("BAD_SIGNATURE"));
  }

  private static FrameBody.Commit withoutPrev(SimulatedCommit edit) {
    RepoOp op = edit.toCommit().ops().getFirst();
    return Damaged.of(edit).ops(List.of(new RepoOp(op.action(), op.path(), op.cid(), null)));
  }

  private static void messages(List<ScenarioScript> all) {
    ScenarioScript s =
        script(
            all,
            "not-relayed",
            "Words about the stream, and messages of a later version, are not passed on.",
            "RL-41");
    ScenarioAccount alice = s.known("alice", A);
    s.sends(A, "an info", FrameEncoder.encode(new FrameBody.Info("OutdatedCursor", null)), IGNORED);
    long seq = s.nextSeq(A);
    Bytes unknown =
        new CborWriter()
            .writeMap(2)
            .writeText("t")
            .writeText("#weather")
            .writeText("op")
            .writeInteger(1)
            .writeMap(1)
            .writeText("seq")
            .writeInteger(seq)
            .toBytes();
    s.sends(A, "an unknown type", unknown, IGNORED);
    s.sends(A, "a commit", alice.post().toCommit(), SAME);

    s = script(all, "unknown-fields", "Fields that nobody knows leave as they came.", "RL-18");
    ScenarioAccount bob = s.known("bob", A);
    Bytes plain = FrameEncoder.encode(bob.post().toCommit(), s.nextSeq(A)).bytes();
    s.sends(A, "a field more", withField(plain), SAME);

    s =
        script(
            all,
            "not-canonical",
            "An envelope that is not in canonical form leaves in it, with the same fields.",
            "RL-18",
            "RL-60");
    ScenarioAccount carol = s.known("carol", A);
    long seq3 = s.nextSeq(A);
    CborWriter out = new CborWriter().writeMap(2);
    out.writeText("op").writeInteger(1).writeText("t").writeText("#account").writeMap(4);
    out.writeText("seq").writeInteger(seq3).writeText("did").writeText(carol.did().toString());
    out.writeText("active").writeBoolean(true).writeText("time").writeText(ScenarioAccount.TIME);
    s.sends(
        A,
        "keys in another order",
        out.toBytes(),
        new Outcome.Emitted(List.of(ScenarioScript.account(carol.did(), true, null))));
    s.sends(A, "no message at all", Bytes.wrap(new byte[] {1, 2, 3}), dropped("FRAME_UNDECODABLE"));
    s.sends(A, "and a good one after it", carol.post().toCommit(), SAME);
  }

  private static Bytes withField(Bytes frame) {
    byte[] old = frame.toByteArray();
    CborReader in = new CborReader().reset(old, 0, old.length);
    in.skip();
    int body = in.position();
    CborWriter out = new CborWriter();
    out.writeEncoded(old, 0, body).writeMap((old[body] & 31) + 1);
    out.writeEncoded(old, body + 1, old.length - body - 1);
    return out.writeText("zzzzzzzzzz").writeText("of the future").toBytes();
  }
}
