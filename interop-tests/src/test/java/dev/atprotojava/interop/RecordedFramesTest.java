// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.car.CarReader;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborReader;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.cid.Sha256;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.interop.Recordings.Recorded;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.mst.MstEntry;
import dev.atprotojava.repo.CommitSlice;
import dev.atprotojava.repo.OpInversion;
import dev.atprotojava.repo.RecordOp;
import dev.atprotojava.repo.RepoCommit;
import dev.atprotojava.sync.CommitFault;
import dev.atprotojava.sync.CommitVerdict;
import dev.atprotojava.sync.CommitVerdict.Accept;
import dev.atprotojava.sync.CommitVerdict.Reject;
import dev.atprotojava.sync.CommitVerifier;
import dev.atprotojava.sync.Frame;
import dev.atprotojava.sync.FrameCodec;
import dev.atprotojava.sync.FrameException;
import dev.atprotojava.sync.RepoEvent;
import dev.atprotojava.sync.RepoEvent.CommitEvent;
import dev.atprotojava.sync.RepoEvent.IdentityEvent;
import dev.atprotojava.sync.RepoEvent.InfoEvent;
import dev.atprotojava.sync.RepoEvent.Sequenced;
import dev.atprotojava.sync.RepoEvent.SyncEvent;
import dev.atprotojava.sync.RepoOp;
import dev.atprotojava.sync.RepoState;
import dev.atprotojava.syntax.Did;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What real PDSes sent, through the codec and the verifier as a relay uses them. */
@ExtendWith(RecordingsPresent.class)
class RecordedFramesTest {
  private static final String TABLE = "recorded-verdicts.txt";

  private final Recordings recordings = Recordings.ofThisRun();
  private final FrameCodec codec = new FrameCodec();
  private final CommitVerifier verifier = CommitVerifier.strict(new SplittableRandom(1));

  /**
   * A frame with its event and with what was known of its account before it.
   *
   * @param verdict what the table says: a link of the chain, a fault, or a dash
   */
  record Judged(Recorded recorded, Sequenced event, @Nullable RepoState known, String verdict) {}

  private Sequenced event(Bytes message) {
    Frame frame = codec.decode(message);
    assertThat(frame).isInstanceOf(Frame.Message.class);
    return (Sequenced) ((Frame.Message) frame).event();
  }

  private static String type(RepoEvent event) {
    return switch (event) {
      case CommitEvent e -> "#commit";
      case SyncEvent e -> "#sync";
      case IdentityEvent e -> "#identity";
      case RepoEvent.AccountEvent e -> "#account";
      case InfoEvent e -> "#info";
    };
  }

  /** Judges all frames of both hosts as they came, with one state for each account. */
  List<Judged> judgeAll() {
    Map<Did, NavigableMap<Instant, PublicKey>> keys = recordings.keys();
    Map<Did, RepoState> states = new HashMap<>();
    List<Judged> judged = new ArrayList<>();
    for (Recorded recorded : recordings.frames()) {
      Sequenced event = event(recorded.message());
      RepoState known = states.get(event.did());
      CommitVerdict verdict = judge(event, known, key(keys, event), recorded.arrived());
      if (verdict instanceof Accept accept) {
        states.put(event.did(), accept.next());
      }
      judged.add(new Judged(recorded, event, known, name(verdict)));
    }
    return judged;
  }

  /** The key that the account had when the message was made. */
  private static PublicKey key(Map<Did, NavigableMap<Instant, PublicKey>> keys, Sequenced event) {
    Instant made = Instant.parse(new String(event.time().toByteArray(), UTF_8));
    return Objects.requireNonNull(keys.get(event.did())).floorEntry(made).getValue();
  }

  private @Nullable CommitVerdict judge(
      Sequenced event, @Nullable RepoState known, PublicKey key, Instant now) {
    CommitFault stale = known == null ? null : verifier.checkStale(event, known);
    if (stale != null) {
      return new Reject(stale);
    }
    return switch (event) {
      case CommitEvent commit -> verifier.verify(commit, key, known, now);
      case SyncEvent sync -> verifier.verify(sync, key, known, now);
      case IdentityEvent identity -> null;
      case RepoEvent.AccountEvent account -> null;
    };
  }

  private static String name(@Nullable CommitVerdict verdict) {
    return switch (verdict) {
      case null -> "-";
      case Accept accept -> accept.chain().toString();
      case Reject reject -> reject.fault().toString();
    };
  }

  /** The lines of the table that this recording gives. */
  List<String> table() {
    return judgeAll().stream()
        .sorted(
            Comparator.comparing((Judged judged) -> judged.recorded().host())
                .thenComparingLong(judged -> judged.event().seq()))
        .map(
            judged ->
                judged.recorded().host()
                    + " "
                    + judged.event().seq()
                    + " "
                    + type(judged.event())
                    + " "
                    + judged.verdict())
        .toList();
  }

  @Test
  void verdicts_areThoseOfTheTable() throws IOException {
    List<String> expected;
    try (InputStream table = RecordedFramesTest.class.getResourceAsStream(TABLE)) {
      expected = Vectors.cases(new String(Objects.requireNonNull(table).readAllBytes(), UTF_8));
    }
    assertThat(expected).hasSize(751 + 44);
    assertThat(table()).containsExactlyElementsOf(expected);
  }

  // Nothing is told from the frames by ourselves alone: these are the counts of the recorder.
  @Test
  void frames_areThoseThatWereRecorded() {
    Map<String, Integer> counts = new TreeMap<>();
    Map<String, Long> last = new HashMap<>();
    for (Recorded recorded : recordings.frames()) {
      Sequenced event = event(recorded.message());
      counts.merge(recorded.host() + " " + type(event), 1, Integer::sum);
      assertThat(event.seq()).isGreaterThan(last.getOrDefault(recorded.host(), 0L));
      last.put(recorded.host(), event.seq());
    }
    assertThat(counts)
        .isEqualTo(
            Map.of(
                "A #commit", 675,
                "A #sync", 23,
                "A #identity", 24,
                "A #account", 29,
                "B #commit", 31,
                "B #sync", 4,
                "B #identity", 5,
                "B #account", 4));
  }

  // What a PDS writes is canonical, so what we pass on is what it wrote, but for `seq`.
  @Test
  void frames_stayAsTheyAre() {
    for (Recorded recorded : recordings.frames()) {
      Sequenced event = event(recorded.message());
      assertThat(event.source().canonical()).isTrue();
      assertThat(event.source().bytes()).isEqualTo(recorded.message());
      CborReader in = new CborReader().reset(recorded.message());
      byte[] header = CborValue.read(in).encode().toByteArray();
      byte[] body = CborValue.read(in).encode().toByteArray();
      assertThat(recorded.message().toByteArray())
          .startsWith(header)
          .endsWith(body)
          .hasSize(header.length + body.length);
      assertThat(
              event.source().bytes().slice(event.source().seqOffset(), event.source().seqLength()))
          .isEqualTo(new CborValue.IntegerValue(event.seq()).encode());
    }
  }

  // SC-61, step by step and without the verifier's own reading of the operations.
  @Test
  void commits_invertToPrevData() {
    CommitSlice slice = new CommitSlice(new Sha256(), new SplittableRandom(1));
    int inverted = 0;
    for (Recorded recorded : recordings.frames()) {
      if (event(recorded.message()) instanceof CommitEvent event && event.prevData() != null) {
        slice.load(event.blocks());
        RepoCommit commit = Objects.requireNonNull(slice.commit());
        Mst before = OpInversion.invert(slice.tree(commit.data()), recordOps(event));
        assertThat(before.root()).as(recorded.host() + event.seq()).isEqualTo(event.prevData());
        inverted++;
      }
    }
    assertThat(inverted).isEqualTo(655 + 28);
  }

  private static List<RecordOp> recordOps(CommitEvent event) {
    List<RecordOp> ops = new ArrayList<>();
    for (RepoOp op : event.ops()) {
      Bytes path = op.path();
      ops.add(
          switch (op.action()) {
            case CREATE -> new RecordOp.Create(path, Objects.requireNonNull(op.cid()));
            case UPDATE ->
                new RecordOp.Update(
                    path, Objects.requireNonNull(op.cid()), Objects.requireNonNull(op.prev()));
            case DELETE -> new RecordOp.Delete(path, Objects.requireNonNull(op.prev()));
            case UNKNOWN -> throw new AssertionError("action");
          });
    }
    return ops;
  }

  /** All that the signature and the hashes of a message bind. */
  private record Statement(
      Did did,
      Object rev,
      @Nullable Cid commit,
      @Nullable Cid prevData,
      List<RepoOp> ops,
      Bytes blocks) {
    static Statement of(Sequenced event) {
      return switch (event) {
        case CommitEvent e ->
            new Statement(e.did(), e.rev(), e.commit(), e.prevData(), e.ops(), e.blocks());
        case SyncEvent e -> new Statement(e.did(), e.rev(), null, null, List.of(), e.blocks());
        case IdentityEvent e -> throw new AssertionError(e);
        case RepoEvent.AccountEvent e -> throw new AssertionError(e);
      };
    }
  }

  // A bit that is turned over somewhere on the way: what is still accepted (another seq, since or
  // time) says of the repository exactly what its owner signed.
  @Test
  void sample_withOneBitTurnedOverSaysTheSameOrNothing() {
    Map<Did, NavigableMap<Instant, PublicKey>> keys = recordings.keys();
    Map<String, Integer> sampled = new TreeMap<>();
    for (Judged judged : judgeAll()) {
      Sequenced event = judged.event();
      boolean accepted = !judged.verdict().equals("-") && !judged.verdict().endsWith("MISMATCH");
      String kind = type(event) + " " + operations(event) + " " + judged.verdict();
      if (accepted
          && judged.recorded().message().length() < 2500
          && sampled.merge(kind, 1, Integer::sum) <= 2) {
        assertFlipsAreHarmless(judged, key(keys, event));
      }
    }
    assertThat(sampled.keySet())
        .contains(
            "#commit [] FIRST",
            "#commit [CREATE] CONTINUES",
            "#commit [UPDATE] CONTINUES",
            "#commit [DELETE] CONTINUES",
            "#sync [] REPEATS");
  }

  private static Set<RepoOp.Action> operations(Sequenced event) {
    Set<RepoOp.Action> actions = new HashSet<>();
    if (event instanceof CommitEvent commit) {
      commit.ops().forEach(op -> actions.add(op.action()));
    }
    return actions;
  }

  private void assertFlipsAreHarmless(Judged judged, PublicKey key) {
    Statement statement = Statement.of(judged.event());
    byte[] message = judged.recorded().message().toByteArray();
    for (int bit = 0; bit < message.length * 8; bit++) {
      message[bit / 8] ^= (byte) (1 << bit % 8);
      Sequenced accepted = accepted(Bytes.copyOf(message), judged, key);
      message[bit / 8] ^= (byte) (1 << bit % 8);
      if (accepted != null) {
        assertThat(Statement.of(accepted))
            .as(judged.recorded().host() + judged.event().seq() + " bit " + bit)
            .isEqualTo(statement);
      }
    }
  }

  private @Nullable Sequenced accepted(Bytes message, Judged judged, PublicKey key) {
    try {
      return codec.decode(message) instanceof Frame.Message decoded
              && decoded.event() instanceof Sequenced event
              && judge(event, judged.known(), key, judged.recorded().arrived()) instanceof Accept
          ? event
          : null;
    } catch (FrameException refused) {
      return null;
    }
  }

  // SC-41, SC-23
  @Test
  void special_sayWhatIsWrongWithACursor() {
    Frame future = codec.decode(recordings.messages("special/future-cursor.bin").getFirst());
    assertThat(future).isEqualTo(new Frame.Error("FutureCursor", "Cursor in the future."));
    Frame outdated = codec.decode(recordings.messages("special/outdated-cursor.bin").getFirst());
    assertThat(outdated)
        .isEqualTo(
            new Frame.Message(
                new InfoEvent(
                    "OutdatedCursor", "Requested cursor exceeded limit. Possibly missing events")));
  }

  // SC-90 to SC-93: every repository is whole, signed, and has every record that its tree names.
  @Test
  void repositories_areWhole() {
    Map<Did, NavigableMap<Instant, PublicKey>> keys = recordings.keys();
    int records = 0;
    for (Path file : recordings.repositories()) {
      Map<Cid, Bytes> blocks = new HashMap<>();
      CarReader car = new CarReader().reset(recordings.readBytes("repos/" + file.getFileName()));
      assertThat(car.roots()).isEqualTo(1);
      Cid root = car.root(0);
      while (car.next()) {
        assertThat(car.hashed()).isTrue();
        blocks.put(car.cid(), car.data());
      }
      RepoCommit commit = RepoCommit.decode(Objects.requireNonNull(blocks.remove(root)));
      assertThat(commit.cid()).isEqualTo(root);
      byte[] digest = new byte[Sha256.LENGTH];
      commit.digestUnsigned(new Sha256(), digest, 0);
      PublicKey key = Objects.requireNonNull(keys.get(commit.did())).lastEntry().getValue();
      assertThat(key.verifyDigest(digest, 0, commit.sig().toByteArray(), 0, 64)).isTrue();

      Mst tree = Mst.load(commit.data(), blocks::get);
      assertThat(tree.root()).isEqualTo(commit.data());
      Set<Cid> used = new HashSet<>(tree.blocks().keySet());
      tree.forEach(
          entry -> {
            assertThat(blocks).containsKey(entry.value());
            used.add(entry.value());
          });
      assertThat(used).isEqualTo(blocks.keySet());
      records += used.size() - tree.blocks().size();
      Mst again = Mst.empty();
      List<MstEntry> entries = new ArrayList<>();
      tree.forEach(entries::add);
      for (MstEntry entry : entries) {
        again = again.insert(entry.key(), entry.value());
      }
      assertThat(again.root()).isEqualTo(commit.data());
    }
    assertThat(recordings.repositories()).hasSize(8);
    assertThat(records).isGreaterThan(2000);
  }
}
