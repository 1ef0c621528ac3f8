// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

import static dev.atprotojava.repo.Repos.DID;
import static dev.atprotojava.repo.Repos.PUBLIC;
import static dev.atprotojava.repo.Repos.SIGNER;
import static dev.atprotojava.repo.Repos.UNSIGNED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atprotojava.car.CarBlock;
import dev.atprotojava.car.CarException;
import dev.atprotojava.car.CarReader;
import dev.atprotojava.car.CarStream;
import dev.atprotojava.car.CarStreamWriter;
import dev.atprotojava.car.CarWriter;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborWriter;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.mst.KeyHeight;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.mst.MstException;
import dev.atprotojava.multiformats.UnsignedVarint;
import dev.atprotojava.repo.InvalidRepoException.Reason;
import dev.atprotojava.repo.Repos.Host;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.RecordPath;
import dev.atprotojava.syntax.Tid;
import dev.atprotojava.testing.Gen;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole repositories, in every order and with every damage (SC-90 to SC-94). */
class RepoReaderTest {
  private static final RepoReaderOptions SMALL =
      RepoReaderOptions.DEFAULT.signedBy(DID, PUBLIC).withLimits(4096, 1 << 20);

  /** Reads all of a CAR, and checks that the records come in the order of their paths. */
  private static SortedMap<RecordPath, Bytes> read(Bytes car, RepoReaderOptions options) {
    return read(new ByteArrayInputStream(car.toByteArray()), options);
  }

  private static SortedMap<RecordPath, Bytes> read(InputStream in, RepoReaderOptions options) {
    SortedMap<RecordPath, Bytes> records = new TreeMap<>();
    try (RepoReader repo = RepoReader.open(CarStream.open(in), options, new SplittableRandom(1))) {
      while (repo.next()) {
        assertThat(records.isEmpty() || records.lastKey().compareTo(repo.path()) < 0).isTrue();
        assertThat(repo.cid()).isEqualTo(Cid.ofDagCbor(repo.block().toByteArray()));
        records.put(repo.path(), repo.block());
      }
      assertThat(repo.records()).isEqualTo(records.size());
      assertThat(repo.next()).isFalse();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return records;
  }

  private static Bytes write(Host host) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (CarStreamWriter car = CarStreamWriter.open(out, RepoCarWriter.roots(host.head()))) {
      RepoCarWriter.write(host.head(), host.tree(), host::find, car);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Bytes.wrap(out.toByteArray());
  }

  private static List<CarBlock> blocks(Bytes car) {
    List<CarBlock> blocks = new ArrayList<>();
    CarReader reader = new CarReader().reset(car);
    while (reader.next()) {
      blocks.add(new CarBlock(reader.cid(), reader.data()));
    }
    return blocks;
  }

  private static Bytes car(Cid root, List<CarBlock> blocks) {
    CarWriter car = new CarWriter(List.of(root));
    blocks.forEach(car::add);
    return car.toBytes();
  }

  private static InvalidRepoException refusal(Bytes car, RepoReaderOptions options) {
    InvalidRepoException refusal =
        catchThrowableOfType(InvalidRepoException.class, () -> read(car, options));
    assertThat(refusal).isNotNull();
    assertThat(refusal.getStackTrace()).isEmpty();
    return refusal;
  }

  private static Reason reason(Bytes car, RepoReaderOptions options) {
    return refusal(car, options).reason();
  }

  // MST-60, MST-61: in the order of the tree nothing is spilled, however little memory there is.
  @Test
  void next_inOrderNeedsNoSpill() {
    // CAR-13, MST-60.
    Gen.forAll(
        60,
        gen -> {
          Host host = Host.of(gen, gen.nextInt(6 * gen.size()));
          assertThat(read(write(host), SMALL)).isEqualTo(host.records);
        });
  }

  // CAR-09, MST-62, MST-63: any order, some blocks twice, some that nobody asked for.
  @Test
  void next_inAnyOrderGivesTheSameRecords() {
    Gen.forAll(
        120,
        gen -> {
          Host host = Host.of(gen, gen.nextInt(4 * gen.size()));
          List<CarBlock> blocks = new ArrayList<>(blocks(write(host)));
          int ordered = 0;
          switch (gen.nextInt(5)) {
            case 0 -> Collections.reverse(blocks);
            case 1 -> blocks = byLevels(host);
            case 2 -> Collections.shuffle(blocks, new Random(gen.nextLong()));
            case 3 -> Collections.rotate(blocks, gen.nextInt(blocks.size()));
            default -> { // in order for a while, so that some are forgotten before all are kept
              ordered = blocks.size() / 2;
              List<CarBlock> rest = blocks.subList(ordered, blocks.size());
              Collections.shuffle(rest, new Random(gen.nextLong()));
            }
          }
          RepoReaderOptions options = SMALL;
          if (ordered == 0 && gen.oneIn(2)) {
            blocks = new ArrayList<>(index(blocks).values());
            options = options.keepingAll(); // for what comes once may be too far back
          }
          for (int i = gen.nextInt(20); i > 0; i--) {
            Bytes other = Repos.record(gen);
            CarBlock extra = new CarBlock(Cid.ofDagCbor(other.toByteArray()), other);
            blocks.add(
                gen.between(ordered, blocks.size()), gen.oneIn(2) ? extra : gen.oneOf(blocks));
          }
          MemorySpill spill = new MemorySpill();
          Bytes car = car(host.head().cid(), blocks);
          assertThat(read(car, options.spillingTo(spill))).isEqualTo(host.records);
          assertThat(spill.closed).isTrue();
          assertThat(read(car, SMALL.withLimits(1 << 20, 1 << 20))).isEqualTo(host.records);
        });
  }

  private static Map<Cid, CarBlock> index(List<CarBlock> blocks) {
    Map<Cid, CarBlock> index = new LinkedHashMap<>();
    blocks.forEach(block -> index.putIfAbsent(block.cid(), block));
    return index;
  }

  /** As other implementations do (MST-63): commit, nodes level by level, then the records. */
  private static List<CarBlock> byLevels(Host host) {
    List<CarBlock> blocks = new ArrayList<>();
    blocks.add(new CarBlock(host.head().cid(), host.head().encoded()));
    host.tree().blocks().forEach((cid, node) -> blocks.add(new CarBlock(cid, node)));
    host.tree().forEach(entry -> blocks.add(new CarBlock(entry.value(), host.find(entry.value()))));
    return blocks;
  }

  // MST-62: of a record that two paths share one copy is enough, if it is not too far back.
  @Test
  void next_findsASharedRecordAgain() {
    Host host = new Host();
    Bytes shared = Repos.record("shared");
    List<RecordWrite> writes = new ArrayList<>();
    for (char c = 'a'; c <= 'z'; c++) {
      Bytes record = c == 'a' || c == 'z' ? shared : Repos.record("x".repeat(200) + c);
      writes.add(new RecordWrite.Create(RecordPath.parse("a.b.c/" + c), record));
    }
    host.write(SIGNER, writes);
    Bytes once = car(host.head().cid(), List.copyOf(index(blocks(write(host))).values()));
    assertThat(read(once, SMALL.withLimits(16 << 10, 100))).isEqualTo(host.records);
    // Too far back for a reader that had no reason to keep it.
    assertThat(reason(once, SMALL.spillingTo(new MemorySpill()))).isEqualTo(Reason.MISSING_BLOCK);
    assertThat(read(once, SMALL.keepingAll().spillingTo(new MemorySpill())))
        .isEqualTo(host.records);
    assertThat(read(write(host), SMALL)).isEqualTo(host.records);
  }

  // The bounds: what is kept goes to the spill, and is refused where there is none, or too much.
  @Test
  void next_keepsWithinItsBounds() {
    Host host = Host.of(Gen.of(3), 600);
    List<CarBlock> blocks = blocks(write(host)).reversed();
    Bytes car = car(host.head().cid(), blocks);
    assertThat(reason(car, SMALL)).isEqualTo(Reason.NO_SPILL);
    MemorySpill spill = new MemorySpill();
    assertThat(reason(car, SMALL.withLimits(4096, 100).spillingTo(spill)))
        .isEqualTo(Reason.TOO_MANY_BLOCKS);
    assertThat(spill.closed).isTrue();
    assertThat(spill.size()).isBetween(1000, 100 * 200);
    MemorySpill whole = new MemorySpill();
    assertThat(read(car, SMALL.spillingTo(whole))).isEqualTo(host.records);
    assertThat(whole.size()).isGreaterThan(car.length() - 8192).isLessThan(car.length() * 2);
  }

  // CAR-09: a block that comes again and again takes its room once.
  @Test
  void next_keepsABlockOnce() {
    Host host = Host.of(Gen.of(3), 20);
    List<CarBlock> blocks = new ArrayList<>(blocks(write(host)).reversed());
    CarBlock again = block(Repos.record("again and ".repeat(100)));
    blocks.addAll(1, Collections.nCopies(500, again));
    MemorySpill spill = new MemorySpill();
    assertThat(read(car(host.head().cid(), blocks), SMALL.withLimits(4096, 60).spillingTo(spill)))
        .isEqualTo(host.records);
    assertThat(spill.size()).isLessThan(20_000);
  }

  // A block that is larger than the memory goes through it all the same.
  @Test
  void next_ofABlockLargerThanTheMemory() {
    Host host = new Host();
    Bytes large = Repos.record("y".repeat(50_000));
    host.write(
        SIGNER,
        List.of(
            new RecordWrite.Create(RecordPath.parse("a.b.c/a"), large),
            new RecordWrite.Create(RecordPath.parse("a.b.c/b"), Repos.record("b")),
            new RecordWrite.Create(RecordPath.parse("a.b.c/c"), large)));
    assertThat(read(write(host), SMALL)).isEqualTo(host.records);
    Bytes backwards = car(host.head().cid(), blocks(write(host)).reversed());
    MemorySpill spill = new MemorySpill();
    assertThat(read(backwards, SMALL.spillingTo(spill))).isEqualTo(host.records);
    assertThat(spill.size()).isGreaterThan(40_000);
  }

  // SC-92: nothing may be missing, whatever it is.
  @Test
  void next_refusesARepositoryThatIsNotWhole() {
    Host host = Host.of(Gen.of(4), 80);
    List<CarBlock> blocks = List.copyOf(index(blocks(write(host))).values());
    for (int without = 0; without < blocks.size(); without++) {
      List<CarBlock> rest = new ArrayList<>(blocks);
      rest.remove(without);
      assertThat(reason(car(host.head().cid(), rest), SMALL.withLimits(1 << 20, 1000)))
          .isEqualTo(Reason.MISSING_BLOCK);
    }
  }

  // CAR-07, CAR-08: cut off anywhere, or one bit changed anywhere, it is refused.
  @Test
  void next_refusesEveryDamage() {
    Host host = Host.of(Gen.of(5), 12);
    byte[] car = write(host).toByteArray();
    RepoReaderOptions options = SMALL.withLimits(1 << 16, 1000);
    for (int length = 60; length < car.length; length++) {
      assertThat(reason(Bytes.wrap(car, 0, length), options))
          .isIn(Reason.CAR, Reason.MISSING_BLOCK);
    }
    for (int i = 59; i < car.length; i++) {
      car[i] ^= 1;
      assertThat(reason(Bytes.wrap(car), options)).isIn(Reason.CAR, Reason.MISSING_BLOCK);
      car[i] ^= 1;
    }
    // Behind the last block that is needed, too: the file is not what was sent.
    byte[] longer = Arrays.copyOf(car, car.length + 1);
    longer[car.length] = 5;
    assertThat(reason(Bytes.wrap(longer), options)).isEqualTo(Reason.CAR);
  }

  // A length that claims what never comes must not be believed.
  @Test
  void next_refusesGiantClaims() {
    Host host = Host.of(Gen.of(6), 3);
    byte[] car = write(host).toByteArray();
    byte[] claim = UnsignedVarint.encode(1L << 40);
    byte[] giant = Arrays.copyOf(car, car.length + claim.length);
    System.arraycopy(claim, 0, giant, car.length, claim.length);
    InvalidRepoException refusal = refusal(Bytes.wrap(giant), SMALL);
    assertThat(refusal)
        .hasCauseInstanceOf(CarException.class)
        .extracting(InvalidRepoException::reason)
        .isEqualTo(Reason.CAR);
  }

  // SC-91, CAR-05
  @Test
  void open_refusesOthersCommits() {
    Host host = Host.of(Gen.of(7), 3);
    Bytes car = write(host);
    assertThat(reason(car, SMALL.signedBy(Did.parse("did:web:example.com"), PUBLIC)))
        .isEqualTo(Reason.DID);
    assertThat(reason(car, SMALL.signedBy(DID, (d, at, s, sAt, length) -> false)))
        .isEqualTo(Reason.SIGNATURE);
    assertThat(reason(new CarWriter(List.of()).toBytes(), SMALL)).isEqualTo(Reason.NO_ROOT);
    CarBlock record = block(Repos.record("x"));
    assertThat(reason(car(record.cid(), List.of(record)), SMALL)).isEqualTo(Reason.COMMIT);
    assertThat(reason(car(record.cid(), blocks(car)), SMALL)).isEqualTo(Reason.MISSING_BLOCK);
    assertThat(read(car, RepoReaderOptions.DEFAULT)).isEqualTo(host.records);
  }

  // A further root says nothing (CAR-05), an extra CID that cannot be checked neither (CAR-08).
  @Test
  void open_toleratesMoreRootsAndUnknownHashes() {
    Host host = Host.of(Gen.of(8), 10);
    CarWriter car = new CarWriter(List.of(host.head().cid(), Mst.EMPTY_ROOT));
    Cid odd = Cid.decodeAny(new byte[] {1, 0x55, 0x00, 2, 7, 7}, 0, 6); // identity hash
    car.add(odd, Bytes.fromHex("0707"));
    blocks(write(host)).forEach(car::add);
    assertThat(read(car.toBytes(), SMALL)).isEqualTo(host.records);
  }

  @Test
  void next_ofAnEmptyRepository() {
    Host host = new Host();
    host.write(SIGNER, List.of());
    assertThat(blocks(write(host))).hasSize(2);
    assertThat(read(write(host), SMALL)).isEmpty();
  }

  // CID-07, SC-93: a record that nobody can check is left out; the others are as good as ever.
  @Test
  void next_passesOverWhatCannotBeVerified() throws IOException {
    Cid odd = Cid.decodeAny(new byte[] {1, 0x55, 0x00, 2, 7, 7}, 0, 6);
    CarBlock record = block(Repos.record("x"));
    Mst tree = Mst.empty().put(key("a.b.c/a"), odd).put(key("a.b.c/b"), record.cid());
    Bytes car = signed(tree.root(), tree.blocks(), record);
    try (RepoReader repo =
        RepoReader.open(
            CarStream.open(new ByteArrayInputStream(car.toByteArray())),
            SMALL,
            new SplittableRandom(1))) {
      assertThat(repo.next()).isTrue();
      assertThat(repo.path()).hasToString("a.b.c/b");
      assertThat(repo.next()).isFalse();
      assertThat(repo.records()).isEqualTo(1);
      assertThat(repo.unverifiable()).isEqualTo(1);
      assertThatThrownBy(repo::block).isInstanceOf(IllegalStateException.class);
    }
  }

  // SC-92, MST-02: a key that is no path.
  @Test
  void next_refusesAKeyThatIsNoPath() {
    CarBlock record = block(Repos.record("x"));
    for (String key : List.of("x", "a.b.c/", "a.b.c/..", "/a", "a.b.c/d/e", "A.b.c/\u00e4")) {
      Mst tree = Mst.empty().put(key(key), record.cid());
      assertThat(reason(signed(tree.root(), tree.blocks(), record), SMALL)).isEqualTo(Reason.PATH);
    }
  }

  // MST-17, MST-18, MST-25: trees that are made up; the walk ends and says what is wrong.
  @Test
  void next_refusesTreesThatAreNone() {
    CarBlock record = block(Repos.record("x"));
    Bytes top = keyOfHeight(1, "k");
    Bytes below = keyOfHeight(0, "a");
    Bytes above = keyOfHeight(0, "z");
    CarBlock leafBelow = node(null, entry(below, record.cid(), null));
    CarBlock leafAbove = node(null, entry(above, record.cid(), null));

    CarBlock good = node(leafBelow.cid(), entry(top, record.cid(), leafAbove.cid()));
    assertThat(read(made(good, leafBelow, leafAbove, record), SMALL)).hasSize(3);
    // A subtree left of a key that is less than it, and the other way round.
    CarBlock crossed = node(leafAbove.cid(), entry(top, record.cid(), leafBelow.cid()));
    assertTree(made(crossed, leafBelow, leafAbove, record), MstException.Reason.KEY_ORDER);
    // One subtree twice.
    CarBlock twice = node(leafBelow.cid(), entry(top, record.cid(), leafBelow.cid()));
    assertTree(made(twice, leafBelow, leafAbove, record), MstException.Reason.KEY_ORDER);
    // A leaf where an inner node belongs, and a root without keys.
    CarBlock odd = node(null, entry(top, record.cid(), null), entry(above, record.cid(), null));
    assertTree(made(odd, record), MstException.Reason.KEY_HEIGHT);
    CarBlock pointer = node(leafBelow.cid());
    assertTree(made(pointer, leafBelow, record), MstException.Reason.EMPTY_NODE);
    // A record in the place of a node.
    assertTree(made(record), MstException.Reason.NOT_A_NODE);
    // A tree that says it is deeper than it is: a node without keys above nothing.
    CarBlock deep = node(node(null).cid(), entry(top, record.cid(), null));
    assertTree(made(deep, node(null), record), MstException.Reason.EMPTY_NODE);
  }

  private static void assertTree(Bytes car, MstException.Reason expected) {
    InvalidRepoException refusal = refusal(car, SMALL);
    assertThat(refusal.reason()).isEqualTo(Reason.TREE);
    assertThat(refusal.getCause())
        .isInstanceOfSatisfying(
            MstException.class, cause -> assertThat(cause.reason()).isEqualTo(expected));
  }

  private static Bytes keyOfHeight(int height, String prefix) {
    for (int i = 0; ; i++) {
      Bytes key = key("a.b.c/" + prefix + i);
      if (KeyHeight.of(key) == height) {
        return key;
      }
    }
  }

  private record Entry(Bytes key, Cid value, @Nullable Cid right) {}

  private static Entry entry(Bytes key, Cid value, @Nullable Cid right) {
    return new Entry(key, value, right);
  }

  /** A node of any entries, whether or not they belong together. */
  private static CarBlock node(@Nullable Cid left, Entry... entries) {
    CborWriter out = new CborWriter().writeMap(2).writeText("e").writeArray(entries.length);
    byte[] before = new byte[0];
    for (Entry entry : entries) {
      byte[] key = entry.key().toByteArray();
      int shared = Math.max(0, Arrays.mismatch(before, key));
      out.writeMap(4).writeText("k").writeBytes(key, shared, key.length - shared);
      out.writeText("p").writeInteger(shared).writeText("t");
      link(out, entry.right());
      out.writeText("v").writeLink(entry.value());
      before = key;
    }
    link(out.writeText("l"), left);
    return block(out.toBytes());
  }

  private static void link(CborWriter out, @Nullable Cid cid) {
    if (cid == null) {
      out.writeNull();
    } else {
      out.writeLink(cid);
    }
  }

  private static CarBlock block(Bytes data) {
    return new CarBlock(Cid.ofDagCbor(data.toByteArray()), data);
  }

  private static Bytes key(String text) {
    return Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A signed repository of some blocks, of which the first is the root of the tree. */
  private static Bytes made(CarBlock... blocks) {
    Map<Cid, Bytes> map = new LinkedHashMap<>();
    for (CarBlock block : blocks) {
      map.put(block.cid(), block.data());
    }
    return signed(blocks[0].cid(), map, blocks[0]);
  }

  private static Bytes signed(Cid data, Map<Cid, Bytes> nodes, CarBlock record) {
    Tid rev = Tid.of(1 << 20);
    byte[] unsigned = RepoCommit.unsignedBytes(DID, rev, data, null).toByteArray();
    RepoCommit commit = RepoCommit.of(DID, rev, data, null, Bytes.wrap(SIGNER.sign(unsigned)));
    CarWriter car = new CarWriter(List.of(commit.cid())).add(commit.cid(), commit.encoded());
    nodes.forEach(car::add);
    return car.add(record).toBytes();
  }

  // Streams that give little at a time, and end what they began.
  @Test
  void read_fromASlowStreamAndCloses() {
    Host host = Host.of(Gen.of(11), 50);
    boolean[] closed = new boolean[1];
    InputStream slow =
        new ByteArrayInputStream(write(host).toByteArray()) {
          @Override
          public synchronized int read(byte[] out, int offset, int length) {
            return super.read(out, offset, Math.min(length, 7));
          }

          @Override
          public void close() {
            closed[0] = true;
          }
        };
    assertThat(read(slow, SMALL)).isEqualTo(host.records);
    assertThat(closed[0]).isTrue();
  }

  @Test
  void write_refusesWhatIsNotWhole() throws IOException {
    Host host = new Host();
    host.write(
        UNSIGNED, List.of(new RecordWrite.Create(RecordPath.parse("a.b.c/d"), Repos.record("x"))));
    try (CarStreamWriter car =
        CarStreamWriter.open(new ByteArrayOutputStream(), RepoCarWriter.roots(host.head()))) {
      assertThatThrownBy(() -> RepoCarWriter.write(host.head(), Mst.empty(), host::find, car))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> RepoCarWriter.write(host.head(), host.tree(), cid -> null, car))
          .isInstanceOf(IllegalArgumentException.class);
      Mst stub = Mst.load(host.tree().root(), cid -> null);
      assertThatThrownBy(() -> RepoCarWriter.write(host.head(), stub, host::find, car))
          .isInstanceOf(MstException.class);
    }
    assertThatThrownBy(() -> SMALL.withLimits(100, 1)).isInstanceOf(IllegalArgumentException.class);
  }

  /** Damage: a server whose answer ends the caller instead of being refused. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "19a265726f6f747381d82a4500017100006776657273696f6e01", // an identity CID of nothing
        "3aa265726f6f747381d82a58250001551220"
            + "0000000000000000000000000000000000000000000000000000000000000000"
            + "6776657273696f6e01" // of raw bytes
      })
  void open_refusesARootThatNamesNoCommit(String car) { // CID-02
    byte[] bytes = HexFormat.of().parseHex(car);
    assertThatThrownBy(
            () ->
                RepoReader.open(
                    CarStream.open(new ByteArrayInputStream(bytes)), RepoReaderOptions.DEFAULT))
        .isInstanceOfSatisfying(
            InvalidRepoException.class, e -> assertThat(e.reason()).isEqualTo(Reason.COMMIT));
  }
}
