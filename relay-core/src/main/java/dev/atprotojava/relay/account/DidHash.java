// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.account;

import dev.atprotojava.syntax.Did;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A DID as 128 bits: SipHash-2-4 with a secret key of this relay.
 *
 * <p>{@code low} finds an account everywhere: in lanes, in memory, in the store and in log records.
 * Since the key is secret nobody can search for DIDs that share it. {@code high} tells apart two
 * that share it by chance.
 *
 * @param low the first 64 bits
 * @param high the second 64 bits
 */
public record DidHash(long low, long high) {
  /**
   * The function, under one key. Immutable.
   *
   * @param k0 the first half of the key
   * @param k1 the second half of the key
   */
  public record Key(long k0, long k1) {
    private static final VarHandle LONGS =
        MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** A number that names the key without giving it away: files carry it to find mix-ups. */
    public long id() {
      return hash("key id".getBytes(StandardCharsets.US_ASCII)).low();
    }

    /** The hash of a DID. */
    public DidHash hash(Did did) {
      return hash(did.toString().getBytes(StandardCharsets.ISO_8859_1)); // DIDs are ASCII
    }

    DidHash hash(byte[] in) {
      Sip sip = new Sip(k0, k1);
      int whole = in.length & ~7;
      for (int at = 0; at < whole; at += 8) {
        sip.block((long) LONGS.get(in, at));
      }
      long last = (long) in.length << 56;
      for (int i = in.length - 1; i >= whole; i--) {
        last |= (in[i] & 0xffL) << (8 * (i - whole));
      }
      sip.block(last);
      return sip.finish();
    }
  }

  /** SipHash-2-4 with a result of 128 bits, as its authors define it. */
  private static final class Sip {
    private long v0;
    private long v1;
    private long v2;
    private long v3;

    Sip(long k0, long k1) {
      v0 = k0 ^ 0x736f6d6570736575L;
      v1 = k1 ^ 0x646f72616e646f6dL ^ 0xee;
      v2 = k0 ^ 0x6c7967656e657261L;
      v3 = k1 ^ 0x7465646279746573L;
    }

    void block(long word) {
      v3 ^= word;
      round();
      round();
      v0 ^= word;
    }

    DidHash finish() {
      v2 ^= 0xee;
      long low = result();
      v1 ^= 0xdd;
      return new DidHash(low, result());
    }

    private long result() {
      for (int i = 0; i < 4; i++) {
        round();
      }
      return v0 ^ v1 ^ v2 ^ v3;
    }

    private void round() {
      v0 += v1;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v0 = Long.rotateLeft(v0, 32);
      v2 += v3;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 += v3;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v2 += v1;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v2 = Long.rotateLeft(v2, 32);
    }
  }
}
