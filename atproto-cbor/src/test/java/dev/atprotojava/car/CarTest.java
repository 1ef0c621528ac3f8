// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.car;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atprotojava.car.CarException.Reason;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.cid.Sha256;
import dev.atprotojava.testing.Gen;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CarTest {
  /** spec.md 10.3: a commit and the empty node. */
  static final String GENESIS =
      "3aa265726f6f747381d82a582500017112201d0e72778c3e209a7bbd471eb773b798224f9d21c18a4455647ea6d8"
          + "4f3b35b76776657273696f6e01e001017112201d0e72778c3e209a7bbd471eb773b798224f9d21c18a4455"
          + "647ea6d84f3b35b7a66364696478206469643a706c633a65777669376e787a796f756e367a687872687336"
          + "346f697a637265766d336a7a6663696a706a327a3261637369675840972615ae31dfd33e9a484084e32ebb"
          + "42fdad5c92d0811595a784715c8ced1f76377c79dedbb59a94f01948befb6e012c508c087af16e4d1c29dd"
          + "62e752515f126464617461d82a582500017112209dfefe61dd76ea3dcae5023880b08379d57adf20482d6f"
          + "dbe2759289f647677b6470726576f66776657273696f6e032b017112209dfefe61dd76ea3dcae5023880b0"
          + "8379d57adf20482d6fdbe2759289f647677ba2616580616cf6";

  static final String HEADER_WITHOUT_ROOTS = "11a265726f6f7473806776657273696f6e01";

  @Test
  void read_genesis() {
    CarReader car = new CarReader().reset(Bytes.fromHex(GENESIS));
    assertThat(car.roots()).isEqualTo(1);
    assertThat(car.root(0))
        .hasToString("bafyreia5bzzhpdb6ecnhxpkhd23xhn4yejhz2iobrjcfkzd6u3me6ozvw4");
    assertThat(car.next()).isTrue();
    assertThat(car.cid()).isEqualTo(car.root(0));
    assertThat(car.data().length()).isEqualTo(188);
    assertThat(car.next()).isTrue();
    assertThat(car.data().toHex()).isEqualTo("a2616580616cf6");
    assertThat(car.next()).isFalse();
  }

  @Test
  void write_genesis() {
    CarReader car = new CarReader().reset(Bytes.fromHex(GENESIS));
    CarWriter copy = new CarWriter(List.of(car.root(0)));
    while (car.next()) {
      copy.add(car.cid(), car.data());
    }
    assertThat(copy.toBytes().toHex()).isEqualTo(GENESIS);
  }

  // CAR-11: a server that sends another type is not understood by clients that look at it.
  @Test
  void mediaType_isTheRegisteredOne() {
    assertThat(CarReader.MEDIA_TYPE).isEqualTo("application/vnd.ipld.car");
  }

  // CAR-04, CAR-06
  @Test
  void write_withoutRoots() {
    assertThat(new CarWriter(List.of()).toBytes().toHex()).isEqualTo(HEADER_WITHOUT_ROOTS);
    assertThat(new CarReader().reset(Bytes.fromHex(HEADER_WITHOUT_ROOTS)).roots()).isZero();
  }

  // CAR-03: keys that we do not know are metadata.
  @Test
  void read_ignoresUnknownHeaderKeys() {
    String header = "a3616100" + "65726f6f747380" + "6776657273696f6e01";
    CarReader car = new CarReader().reset(Bytes.fromHex("14" + header));
    assertThat(car.next()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "'', TRUNCATED",
    "00, VARINT", // a header of no bytes
    "80, TRUNCATED",
    "8000, VARINT", // CAR-02: not the shortest
    "ffffffffffffffffffff01, VARINT",
    "ffffffffffffffff7f, TOO_LARGE",
    "11a265726f6f7473806776657273696f6e02, VERSION",
    "01a0, HEADER",
    "08a165726f6f747380, VERSION",
    "0aa16776657273696f6e01, HEADER",
    "0180, HEADER",
    "12a265726f6f74738067766572696f6e0101ff, HEADER",
    HEADER_WITHOUT_ROOTS + "00, VARINT", // CAR-07: a section of no bytes
    HEADER_WITHOUT_ROOTS + "05, TRUNCATED",
    HEADER_WITHOUT_ROOTS + "0101, INVALID_CID",
    HEADER_WITHOUT_ROOTS + "0400000000, INVALID_CID",
    HEADER_WITHOUT_ROOTS + "80808008, TOO_LARGE", // a block that claims to be huge
  })
  void read_refuses(String hex, Reason reason) {
    assertThat(reasonOf(Bytes.fromHex(hex))).isEqualTo(reason);
  }

  // CAR-08: whichever bit of a block or its CID changes, the file is refused, or (where the CID
  // became
  // one of another codec or hash) the block is not among those that count.
  @Test
  void read_refusesEveryFlippedBit() {
    byte[] file = Bytes.fromHex(GENESIS).toByteArray();
    int firstBlock = 59;
    for (int bit = firstBlock * 8; bit < file.length * 8; bit++) {
      file[bit / 8] ^= (byte) (1 << bit % 8);
      BlockIndex index = new BlockIndex(new SplittableRandom(1));
      try {
        index.load(new CarReader().reset(Bytes.wrap(file)));
        assertThat(index.size()).as("bit " + bit).isEqualTo(1);
      } catch (CarException refused) {
        assertThat(refused.offset()).isBetween((long) firstBlock, (long) file.length);
      }
      file[bit / 8] ^= (byte) (1 << bit % 8);
    }
  }

  // CAR-12
  @Test
  void read_refusesWhatIsAboveTheLimits() {
    Bytes block = Bytes.wrap(new byte[101]);
    Bytes file = new CarWriter(List.of()).add(Cid.ofRaw(block.toByteArray()), block).toBytes();
    CarReader small = new CarReader(new CarLimits(64, 1, 100, 999), new Sha256());
    assertThat(catchThrowableOfType(CarException.class, () -> small.reset(file).next()).reason())
        .isEqualTo(Reason.TOO_LARGE);
    Cid cid = Cid.ofRaw(new byte[0]);
    Bytes twoRoots = new CarWriter(List.of(cid, cid)).toBytes();
    assertThat(
            catchThrowableOfType(
                    CarException.class,
                    () ->
                        new CarReader(new CarLimits(999, 1, 9, 999), new Sha256()).reset(twoRoots))
                .reason())
        .isEqualTo(Reason.TOO_LARGE);
    assertThat(new CarReader().reset(twoRoots).roots()).isEqualTo(2); // T-10
    CarLimits whole = CarLimits.DEFAULT.withMaxFileBytes(file.length());
    assertThat(new CarReader(whole, new Sha256()).reset(file).next()).isTrue();
    CarLimits less = CarLimits.DEFAULT.withMaxFileBytes(file.length() - 1);
    CarReader bounded = new CarReader(less, new Sha256()).reset(file);
    assertThat(catchThrowableOfType(CarException.class, bounded::next).reason())
        .isEqualTo(Reason.TOO_LARGE);
  }

  // CAR-08: whoever opts out gets every block, and none of them as one that was checked.
  @Test
  void read_withoutHashingChecksNoBlock() {
    byte[] file = Bytes.fromHex(GENESIS).toByteArray();
    file[file.length - 1] ^= 1;
    CarReader car = CarReader.withoutHashing(CarLimits.DEFAULT);
    BlockIndex index = new BlockIndex(new SplittableRandom(1));
    index.load(car.reset(Bytes.wrap(file)));
    assertThat(index.size()).isZero();
    assertThat(index.unchecked()).isEqualTo(2);
  }

  // CAR-09, CID-09: any order, repeats, blocks of other hashes.
  @Test
  void index_findsEveryBlockOnce() {
    BlockIndex index = new BlockIndex(new SplittableRandom(1));
    CarReader car = new CarReader();
    Gen.forAll(
        300,
        gen -> {
          List<CarBlock> blocks = new ArrayList<>();
          Map<Cid, Bytes> expected = new HashMap<>();
          for (int i = gen.nextInt(gen.oneIn(20) ? 3000 : 20); i > 0; i--) {
            byte[] data = gen.bytes();
            Cid cid = gen.oneIn(2) ? Cid.ofDagCbor(data) : Cid.ofRaw(data);
            blocks.add(new CarBlock(cid, Bytes.wrap(data)));
            expected.put(cid, Bytes.wrap(data));
          }
          byte[] exotic = {1, 0x70, 0x13, 1, 9};
          blocks.add(new CarBlock(Cid.decodeAny(exotic, 0, 5), Bytes.wrap(exotic)));
          CarWriter out = new CarWriter(List.of());
          blocks.forEach(out::add);
          index.load(car.reset(out.toBytes()));
          assertThat(index.size()).isEqualTo(expected.size());
          assertThat(index.unchecked()).isEqualTo(1);
          expected.forEach((cid, data) -> assertThat(index.find(cid)).isEqualTo(data));
          assertThat(index.find(Cid.ofRaw(gen.bytes(200)))).isNull();
        });
  }

  @Test
  void index_takesAnEntryOnce() {
    Bytes file =
        new CarWriter(List.of())
            .add(Cid.ofRaw(new byte[] {1}), Bytes.wrap(new byte[] {1}))
            .toBytes();
    BlockIndex index = new BlockIndex(new SplittableRandom(1));
    index.load(new CarReader().reset(file));
    assertThat(index.take(0)).isTrue();
    assertThat(index.take(0)).isFalse();
    index.load(new CarReader().reset(file));
    assertThat(index.take(0)).isTrue();
  }

  @Test
  void read_failsOnlyWithReasonsWhateverTheBytes() {
    byte[] genesis = Bytes.fromHex(GENESIS).toByteArray();
    Gen.forAll(
        20_000,
        gen -> {
          byte[] file = gen.oneIn(3) ? gen.bytes() : genesis.clone();
          for (int i = gen.nextInt(3); i > 0 && file.length > 0; i--) {
            file[gen.nextInt(file.length)] = (byte) gen.nextInt(256);
          }
          reasonOf(Bytes.wrap(file, 0, gen.nextInt(file.length + 1)));
        });
  }

  private static @Nullable Reason reasonOf(Bytes file) {
    try {
      CarReader car = new CarReader().reset(file);
      while (car.next()) {
        assertThat(car.dataLength()).isNotNegative();
      }
      return null;
    } catch (CarException e) {
      assertThat(e.offset()).isBetween(0L, (long) file.length());
      return e.reason();
    }
  }

  // CAR-12: limits that nobody can mean are refused where they are made.
  @Test
  void limits_areSensible() {
    assertThat(new CarLimits(0, 0, 1 << 30, 0).maxBlockBytes()).isEqualTo(1 << 30);
    assertInsensible(() -> new CarLimits(0, 0, (1 << 30) + 1, 0));
    assertInsensible(() -> new CarLimits(-1, 0, 0, 0));
    assertInsensible(() -> new CarLimits(0, -1, 0, 0));
    assertInsensible(() -> new CarLimits(0, 0, -1, 0));
    assertInsensible(() -> new CarLimits(0, 0, 0, -1));
  }

  private static void assertInsensible(Runnable limits) {
    assertThatThrownBy(limits::run).isInstanceOf(IllegalArgumentException.class);
  }

  // CAR-06: who asks for a root that is not there must not be given one of the file before.
  @Test
  void roots_areThoseOfThisFile() {
    Cid root = Cid.ofDagCbor(new byte[] {1});
    CarReader car = new CarReader().reset(new CarWriter(List.of(root, root)).toBytes());
    assertThat(car.root(1)).isEqualTo(root);
    car.reset(new CarWriter(List.of(root)).toBytes());
    assertThat(car.rootLength(0)).isEqualTo(Cid.BLESSED_LENGTH);
    assertThatThrownBy(() -> car.rootOffset(1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> car.rootLength(1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> car.root(-1)).isInstanceOf(IndexOutOfBoundsException.class);
  }
}
