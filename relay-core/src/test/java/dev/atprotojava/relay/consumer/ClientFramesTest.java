// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.testing.Gen;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * SC-06, RL-16 and RFC 6455 section 5. Catches a reader that loses its place where bytes are split,
 * and one that can be made to keep what a client sends.
 */
class ClientFramesTest {
  private static final int TEXT = 1;
  private static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;

  /** What a reader said. */
  private static final class Heard implements ClientFrames.Listener {
    final List<String> words = new ArrayList<>();

    @Override
    public void ping(byte[] payload) {
      words.add("ping " + Bytes.wrap(payload).toHex());
    }

    @Override
    public void closed() {
      words.add("close");
    }
  }

  private static byte[] frame(int first, boolean masked, byte[] mask, byte[] payload) {
    ByteBuffer out = ByteBuffer.allocate(14 + payload.length);
    int bit = masked ? 0x80 : 0;
    out.put((byte) first);
    if (payload.length < 126) {
      out.put((byte) (bit | payload.length));
    } else if (payload.length < 1 << 16) {
      out.put((byte) (bit | 126)).putShort((short) payload.length);
    } else {
      out.put((byte) (bit | 127)).putLong(payload.length);
    }
    if (masked) {
      out.put(mask);
    }
    for (int i = 0; i < payload.length; i++) {
      out.put((byte) (payload[i] ^ (masked ? mask[i & 3] : 0)));
    }
    return Arrays.copyOf(out.array(), out.position());
  }

  private static byte[] frame(Gen gen, int first, byte[] payload) {
    return frame(first, true, gen.bytes(4), payload);
  }

  /** Frames of all kinds and lengths, whole, byte by byte, and in any pieces. */
  @Test
  void take_inAnyPieces_hearsTheSame() {
    Gen.forAll(
        150,
        gen -> {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          List<String> expected = new ArrayList<>();
          for (int i = gen.between(1, 8); i > 0; i--) {
            int opcode = gen.oneOf(0, TEXT, BINARY, CLOSE, PING, PONG);
            int length =
                opcode < CLOSE
                    ? gen.oneOf(0, 1, 125, 126, 127, 65_535, 65_536, 70_000)
                    : gen.oneOf(0, 1, 2, 3, 4, 5, 125);
            byte[] payload = gen.bytes(length);
            boolean last = opcode >= CLOSE || gen.oneIn(2);
            bytes.writeBytes(frame(gen, (last ? 0x80 : 0) | opcode, payload));
            if (opcode == PING) {
              expected.add("ping " + Bytes.wrap(payload).toHex());
            } else if (opcode == CLOSE) {
              expected.add("close");
            }
          }
          byte[] all = bytes.toByteArray();
          assertThat(heard(all, all.length)).isEqualTo(expected);
          if (gen.oneIn(4)) {
            assertThat(heard(all, 1)).isEqualTo(expected);
          }
          assertThat(heard(all, gen.between(2, 200))).isEqualTo(expected);
        });
  }

  private static List<String> heard(byte[] all, int piece) {
    ClientFrames frames = new ClientFrames();
    Heard heard = new Heard();
    for (int at = 0; at < all.length; at += piece) {
      ByteBuffer in = ByteBuffer.wrap(all, at, Math.min(piece, all.length - at));
      assertThat(frames.take(in, heard)).isTrue();
      assertThat(in.hasRemaining()).isFalse();
    }
    return heard.words;
  }

  private static void assertRefused(String why, byte[] bytes) {
    Heard heard = new Heard();
    assertThat(new ClientFrames().take(ByteBuffer.wrap(bytes), heard)).as(why).isFalse();
    assertThat(heard.words).as(why).isEmpty();
    ClientFrames slowly = new ClientFrames();
    boolean valid = true;
    for (int i = 0; i < bytes.length && valid; i++) {
      valid = slowly.take(ByteBuffer.wrap(bytes, i, 1), heard);
    }
    assertThat(valid).as(why + ", byte by byte").isFalse();
    assertThat(heard.words).as(why).isEmpty();
  }

  @Test
  void take_whatNoClientMaySend_isRefused() {
    Gen gen = Gen.of(1);
    byte[] some = gen.bytes(5);
    for (int opcode = 0; opcode < 16; opcode++) {
      assertRefused("5.1: not masked", frame(0x80 | opcode, false, new byte[4], some));
      for (int rsv : new int[] {0x40, 0x20, 0x10}) {
        assertRefused("5.2: nothing was negotiated", frame(gen, 0x80 | rsv | opcode, some));
      }
    }
    for (int opcode : new int[] {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
      assertRefused("5.2: reserved opcode " + opcode, frame(gen, 0x80 | opcode, some));
    }
    for (int opcode : new int[] {CLOSE, PING, PONG}) {
      assertRefused("5.5: control frame in parts", frame(gen, opcode, some));
      assertRefused("5.5: long control frame", frame(gen, 0x80 | opcode, gen.bytes(126)));
      assertRefused("5.5: longer", frame(gen, 0x80 | opcode, gen.bytes(65_536)));
    }
    byte[] negative = frame(gen, 0x80 | BINARY, new byte[65_536]);
    negative[2] = (byte) 0x80;
    assertRefused("5.2: the highest bit of a length", negative);
  }

  /** A message of four exabytes is read as it comes and keeps nothing (invariant 6). */
  @Test
  void take_anEndlessMessage_isPassedOver() {
    byte[] begin = frame(Gen.of(1), 0x80 | BINARY, new byte[65_536]);
    begin[2] = 0x40;
    ClientFrames frames = new ClientFrames();
    Heard heard = new Heard();
    assertThat(frames.take(ByteBuffer.wrap(begin), heard)).isTrue();
    byte[] more = frame(Gen.of(2), 0x80 | PING, new byte[3]);
    for (int i = 0; i < 10_000; i++) {
      assertThat(frames.take(ByteBuffer.wrap(more), heard)).isTrue();
    }
    assertThat(heard.words).isEmpty();
  }
}
