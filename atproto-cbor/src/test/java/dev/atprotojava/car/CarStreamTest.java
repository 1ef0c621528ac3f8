// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.car;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.cid.Sha256;
import dev.atprotojava.testing.Gen;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CarStreamTest {
  private static final CarLimits SMALL = new CarLimits(200, 2, 5_000, 400_000);

  /** Each way in which the bytes of a file can come. */
  enum Arrival {
    AT_ONCE {
      @Override
      CarStream open(byte[] file, Gen gen, CarLimits limits) throws IOException {
        return CarStream.open(new ByteArrayInputStream(file), limits);
      }
    },
    ONE_BYTE_AT_A_TIME {
      @Override
      CarStream open(byte[] file, Gen gen, CarLimits limits) throws IOException {
        return CarStream.open(new Pieces(file, left -> 1), limits);
      }
    },
    IN_PIECES {
      @Override
      CarStream open(byte[] file, Gen gen, CarLimits limits) throws IOException {
        return CarStream.open(new Pieces(file, left -> 1 + gen.nextInt(left)), limits);
      }
    },
    BY_CHANNEL {
      @Override
      CarStream open(byte[] file, Gen gen, CarLimits limits) throws IOException {
        return CarStream.open(
            Channels.newChannel(new Pieces(file, left -> 1 + gen.nextInt(left))), limits);
      }
    };

    abstract CarStream open(byte[] file, Gen gen, CarLimits limits) throws IOException;
  }

  /** A stream that hands out as many bytes a call as a function of those left says. */
  private static final class Pieces extends InputStream {
    private final byte[] file;
    private final IntUnaryOperator size;
    private int at;

    Pieces(byte[] file, IntUnaryOperator size) {
      this.file = file;
      this.size = size;
    }

    @Override
    public int read() {
      return at == file.length ? -1 : file[at++] & 0xff;
    }

    @Override
    public int read(byte[] out, int offset, int length) {
      if (at == file.length) {
        return -1;
      }
      int piece = size.applyAsInt(Math.min(length, file.length - at));
      System.arraycopy(file, at, out, offset, piece);
      at += piece;
      return piece;
    }
  }

  /** What a reader made of a file: roots, then blocks, then how it ended. */
  private record Reading(List<Cid> roots, List<CarBlock> blocks, String end) {
    static Reading inMemory(byte[] file, CarLimits limits) {
      List<Cid> roots = new ArrayList<>();
      List<CarBlock> blocks = new ArrayList<>();
      try {
        CarReader car = new CarReader(limits, new Sha256()).reset(Bytes.wrap(file));
        for (int i = 0; i < car.roots(); i++) {
          roots.add(car.root(i));
        }
        while (car.next()) {
          blocks.add(new CarBlock(car.cid(), car.data()));
        }
        return new Reading(roots, blocks, "end");
      } catch (CarException e) {
        return new Reading(roots, blocks, e.reason() + " at byte " + e.offset());
      }
    }

    static Reading streamed(byte[] file, Gen gen, CarLimits limits, Arrival arrival) {
      List<Cid> roots = new ArrayList<>();
      List<CarBlock> blocks = new ArrayList<>();
      try (CarStream car = arrival.open(file, gen, limits)) {
        roots.addAll(car.roots());
        while (car.next()) {
          assertThat(Cid.decodeAny(car.array(), car.cidOffset(), car.cidLength()))
              .isEqualTo(car.cid());
          blocks.add(new CarBlock(car.cid(), car.copyData()));
        }
        assertThat(car.position()).isEqualTo(file.length);
        return new Reading(roots, blocks, "end");
      } catch (CarException e) {
        return new Reading(roots, blocks, e.reason() + " at byte " + e.offset());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  // Damage: a file that is taken or refused by how its bytes happen to arrive. Files are whole,
  // broken anywhere, cut anywhere, and above each limit (CAR-02, CAR-03, CAR-07, CAR-08, CAR-12).
  @ParameterizedTest
  @EnumSource(Arrival.class)
  void read_saysWhatTheReaderInMemorySays(Arrival arrival) {
    AtomicInteger accepted = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    Gen.forAll(
        400,
        gen -> {
          byte[] file = randomFile(gen);
          if (gen.oneIn(2)) {
            file[gen.nextInt(file.length)] ^= (byte) (1 << gen.nextInt(8));
          }
          if (gen.oneIn(3)) {
            file = Arrays.copyOf(file, gen.nextInt(file.length + 1));
          }
          Reading expected = Reading.inMemory(file, SMALL);
          assertThat(Reading.streamed(file, gen, SMALL, arrival)).isEqualTo(expected);
          (expected.end().equals("end") ? accepted : refused).incrementAndGet();
        });
    assertThat(accepted.get()).as("files accepted").isPositive();
    assertThat(refused.get()).as("files refused").isPositive();
  }

  private static byte[] randomFile(Gen gen) {
    List<Cid> roots = new ArrayList<>();
    for (int i = gen.nextInt(gen.oneIn(10) ? 4 : 2); i > 0; i--) {
      roots.add(Cid.ofDagCbor(gen.bytes()));
    }
    CarWriter out = new CarWriter(roots);
    for (int i = gen.nextInt(gen.oneIn(10) ? 300 : 10); i > 0; i--) {
      byte[] data = gen.oneIn(10) ? gen.bytes(gen.nextInt(5_010)) : gen.bytes();
      out.add(gen.oneIn(3) ? Cid.ofRaw(data) : Cid.ofDagCbor(data), Bytes.wrap(data));
    }
    return out.toBytes().toByteArray();
  }

  // CAR-12: the buffer holds a block, never the file, whatever the number of blocks.
  @Test
  void read_keepsOneBufferForTheWholeFile() throws IOException {
    byte[] data = new byte[1000];
    CarWriter out = new CarWriter(List.of());
    for (int i = 0; i < 2_000; i++) {
      out.add(Cid.ofRaw(data), Bytes.wrap(data));
    }
    byte[] file = out.toBytes().toByteArray();
    try (CarStream car = CarStream.open(new ByteArrayInputStream(file))) {
      byte[] buffer = car.array();
      int blocks = 0;
      for (; car.next(); blocks++) {
        assertThat(car.array()).isSameAs(buffer);
      }
      assertThat(blocks).isEqualTo(2_000);
      assertThat(buffer.length).isLessThan(file.length / 10);
    }
  }

  // CB-16, CAR-12: a length that only claims to be followed by as much costs no memory.
  @Test
  void read_growsOnlyByWhatArrives() throws IOException {
    byte[] claim = Bytes.fromHex(CarTest.HEADER_WITHOUT_ROOTS + "80808001").toByteArray(); // 2 MiB
    byte[] file = Arrays.copyOf(claim, 150_000);
    try (CarStream car = CarStream.open(new ByteArrayInputStream(file))) {
      assertThatThrownBy(car::next).hasMessage("TRUNCATED at byte 18");
      assertThat(car.array().length).isLessThanOrEqualTo(256 << 10);
    }
  }

  /**
   * Damage: a server that gives a byte at a time has us move megabytes for each. This took minutes
   * when it did.
   */
  @Test
  @Timeout(20)
  void read_ofSingleBytesCostsNoMoreThanTheyAre() throws IOException {
    byte[] large = new byte[2 << 20];
    byte[] file =
        new CarWriter(List.of()).add(Cid.ofRaw(large), Bytes.wrap(large)).toBytes().toByteArray();
    InputStream drip =
        new FilterInputStream(new ByteArrayInputStream(file)) {
          @Override
          public int read(byte[] out, int offset, int length) throws IOException {
            return super.read(out, offset, Math.min(1, length));
          }
        };
    try (CarStream car = CarStream.open(drip)) {
      assertThat(car.next()).isTrue();
      assertThat(car.dataLength()).isEqualTo(large.length);
      assertThat(car.next()).isFalse();
    }
  }

  // A block that is larger than the buffer; then a small one behind it.
  @ParameterizedTest
  @EnumSource(Arrival.class)
  void read_takesABlockOfTheLimit(Arrival arrival) {
    int limit = 300_000;
    byte[] large = new byte[limit];
    large[limit - 1] = 1;
    CarWriter out = new CarWriter(List.of()).add(Cid.ofRaw(large), Bytes.wrap(large));
    byte[] file = out.add(Cid.ofRaw(new byte[0]), Bytes.EMPTY).toBytes().toByteArray();
    Gen.forAll(
        1,
        gen -> {
          CarLimits limits = new CarLimits(64, 0, limit, Long.MAX_VALUE);
          Reading reading = Reading.streamed(file, gen, limits, arrival);
          assertThat(reading.end()).isEqualTo("end");
          assertThat(reading.blocks().get(0).data()).isEqualTo(Bytes.wrap(large));
          CarLimits less = new CarLimits(64, 0, limit - 1, Long.MAX_VALUE);
          assertThat(Reading.streamed(file, gen, less, arrival).end())
              .isEqualTo("TOO_LARGE at byte 18");
        });
  }

  // Positions are those in the file, not in the buffer: 200 blocks behind the first filling.
  @Test
  void failure_saysWhereInTheFile() throws IOException {
    byte[] data = new byte[1_000];
    CarWriter out = new CarWriter(List.of());
    for (int i = 0; i < 1_000; i++) {
      out.add(Cid.ofRaw(data), Bytes.wrap(data));
    }
    byte[] file = out.toBytes().toByteArray();
    file[file.length - 1] ^= 1;
    try (CarStream car = CarStream.open(new ByteArrayInputStream(file))) {
      for (int i = 0; i < 999; i++) {
        assertThat(car.next()).isTrue();
      }
      assertThat(car.position()).isEqualTo(file.length - 1_038L);
      assertThatThrownBy(car::next)
          .isInstanceOf(CarException.class)
          .hasMessage("HASH_MISMATCH at byte " + (file.length - 1_038));
    }
  }

  // CAR-08: the opt-out.
  @Test
  void read_withoutHashingChecksNoBlock() throws IOException {
    byte[] file = Bytes.fromHex(CarTest.GENESIS).toByteArray();
    file[file.length - 1] ^= 1;
    InputStream in = new ByteArrayInputStream(file);
    try (CarStream car = CarStream.openWithoutHashing(in, CarLimits.DEFAULT)) {
      assertThat(car.next()).isTrue();
      assertThat(car.hashed()).isFalse();
      assertThat(car.next()).isTrue();
      assertThat(car.next()).isFalse();
    }
  }

  // Damage: sockets that stay open behind answers that were no CAR, or after reading.
  @Test
  void close_closesWhatItReadsFrom() throws IOException {
    AtomicInteger closed = new AtomicInteger();
    byte[] whole = Bytes.fromHex(CarTest.GENESIS).toByteArray();
    CarStream.open(closing(whole, closed)).close();
    assertThat(closed).hasValue(1);
    assertThatThrownBy(() -> CarStream.open(closing(new byte[] {0}, closed)))
        .isInstanceOf(CarException.class);
    assertThat(closed).hasValue(2);
    assertThatThrownBy(() -> CarStream.open(Channels.newChannel(closing(new byte[] {0}, closed))))
        .isInstanceOf(CarException.class);
    assertThat(closed).hasValue(3);
  }

  private static InputStream closing(byte[] bytes, AtomicInteger closed) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public void close() {
        closed.incrementAndGet();
      }
    };
  }

  @Test
  void open_refusesAChannelThatDoesNotBlock() {
    ReadableByteChannel nothingYet =
        new ReadableByteChannel() {
          @Override
          public int read(ByteBuffer out) {
            return 0;
          }

          @Override
          public boolean isOpen() {
            return true;
          }

          @Override
          public void close() {}
        };
    assertThatThrownBy(() -> CarStream.open(nothingYet)).isInstanceOf(IllegalStateException.class);
  }

  // CAR-01, CAR-04: both writers write the same bytes, by stream and by channel.
  @Test
  void write_sameBytesAsInMemory() {
    Gen.forAll(
        100,
        gen -> {
          byte[] file = randomFile(gen);
          CarReader car = new CarReader(CarLimits.DEFAULT, new Sha256()).reset(Bytes.wrap(file));
          List<Cid> roots = new ArrayList<>();
          for (int i = 0; i < car.roots(); i++) {
            roots.add(car.root(i));
          }
          ByteArrayOutputStream streamed = new ByteArrayOutputStream();
          ByteArrayOutputStream channelled = new ByteArrayOutputStream();
          try (CarStreamWriter stream = CarStreamWriter.open(streamed, roots);
              CarStreamWriter channel =
                  CarStreamWriter.open(threeBytesAtATime(channelled), roots)) {
            while (car.next()) {
              stream.add(new CarBlock(car.cid(), car.data()));
              channel.add(car.cid(), car.array(), car.dataOffset(), car.dataLength());
            }
            assertThat(stream.length()).isEqualTo(file.length);
            stream.flush();
            assertThat(streamed.toByteArray()).isEqualTo(file);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          assertThat(streamed.toByteArray()).isEqualTo(file);
          assertThat(channelled.toByteArray()).isEqualTo(file);
        });
  }

  // Damage: a file that stays in somebody's buffer, or a channel that stays open.
  @Test
  void write_flushesAndClosesWhatItWritesTo() throws IOException {
    AtomicInteger flushed = new AtomicInteger();
    OutputStream out =
        new ByteArrayOutputStream() {
          @Override
          public void flush() {
            flushed.incrementAndGet();
          }
        };
    CarStreamWriter.open(out, List.of()).flush();
    assertThat(flushed).hasValue(1);
    WritableByteChannel channel = Channels.newChannel(out);
    CarStreamWriter.open(channel, List.of()).close();
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void write_passesABlockThatIsLargerThanItsBuffer() throws IOException {
    byte[] large = new byte[200_000];
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (CarStreamWriter car = CarStreamWriter.open(out, List.of())) {
      car.add(Cid.ofRaw(large), Bytes.wrap(large)).add(Cid.ofRaw(large), Bytes.wrap(large));
    }
    assertThat(out.toByteArray())
        .isEqualTo(
            new CarWriter(List.of())
                .add(Cid.ofRaw(large), Bytes.wrap(large))
                .add(Cid.ofRaw(large), Bytes.wrap(large))
                .toBytes()
                .toByteArray());
  }

  // Damage: a file descriptor for every disk that was full.
  @Test
  void close_closesAlsoWhereWritingFails() throws IOException {
    AtomicInteger closed = new AtomicInteger();
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("full");
          }

          @Override
          public void close() {
            closed.incrementAndGet();
          }
        };
    CarStreamWriter car = CarStreamWriter.open(full, List.of());
    assertThatThrownBy(car::close).isInstanceOf(IOException.class).hasMessage("full");
    assertThat(closed).hasValue(1);
  }

  /** A channel that takes at most three bytes a call, as a socket may. */
  private static WritableByteChannel threeBytesAtATime(ByteArrayOutputStream out) {
    return new WritableByteChannel() {
      @Override
      public int write(ByteBuffer in) {
        int taken = Math.min(3, in.remaining());
        for (int i = 0; i < taken; i++) {
          out.write(in.get());
        }
        return taken;
      }

      @Override
      public boolean isOpen() {
        return true;
      }

      @Override
      public void close() {}
    };
  }
}
