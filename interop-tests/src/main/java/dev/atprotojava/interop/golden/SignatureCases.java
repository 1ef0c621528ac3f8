// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.golden;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.crypto.SigningKey;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Signatures of both curves: those that anybody makes who takes RFC 6979, and those refused. */
final class SignatureCases {
  private static final BigInteger K256_ORDER =
      new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);
  private static final BigInteger P256_ORDER =
      new BigInteger("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16);
  private static final int HALF = 32;

  private SignatureCases() {}

  /** A key; the chance that these bytes are none is 2^-32 and less. */
  static SigningKey key(boolean k256, SplittableRandom random) {
    byte[] secret = CborCases.bytes(random, SigningKey.SECRET_LENGTH).toByteArray();
    return k256 ? SigningKey.parseK256(secret) : SigningKey.parseP256(secret);
  }

  static ObjectNode random(int number, SplittableRandom random) {
    SigningKey key = key(number % 2 == 0, random);
    byte[] message = CborCases.bytes(random, random.nextInt(200)).toByteArray();
    return signature("random " + number, key, message, key.sign(message).toBytes())
        .put("secret", Bytes.wrap(key.secret()).toHex());
  }

  private static ObjectNode signature(
      String name, SigningKey key, byte[] message, byte[] signature) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("name", name)
        .put("key", key.publicKey().toDidKey())
        .put("message", Bytes.wrap(message).toHex())
        .put("signature", Bytes.wrap(signature).toHex());
  }

  static ArrayNode refused() {
    ArrayNode cases = JsonNodeFactory.instance.arrayNode();
    SplittableRandom random = new SplittableRandom(6979);
    for (boolean k256 : new boolean[] {true, false}) {
      BigInteger order = k256 ? K256_ORDER : P256_ORDER;
      String curve = k256 ? "K-256: " : "P-256: ";
      SigningKey key = key(k256, random);
      byte[] message = CborCases.bytes(random, 40).toByteArray();
      byte[] good = key.sign(message).toBytes();
      BigInteger r = number(good, 0);
      BigInteger s = number(good, HALF);
      byte[] flipped = good.clone();
      flipped[63] ^= 1;
      byte[][] bad = {
        numbers(r, order.subtract(s)),
        numbers(BigInteger.ZERO, s),
        numbers(r, BigInteger.ZERO),
        numbers(order, s),
        numbers(r, order),
        flipped,
        Arrays.copyOf(good, 63),
        Arrays.copyOf(good, 65),
        der(r, s),
      };
      String[] names = {
        "s above half of the order",
        "r is zero",
        "s is zero",
        "r is the order",
        "s is the order",
        "a bit is another",
        "a byte too short",
        "a byte too long",
        "in DER",
      };
      String[] rules = {
        "CR-11", "CR-13", "CR-13", "CR-13", "CR-13", "CR-10", "CR-13", "CR-13", "CR-13"
      };
      for (int i = 0; i < bad.length; i++) {
        cases.add(signature(curve + names[i], key, message, bad[i]).put("refused", rules[i]));
      }
      message[0] ^= 1;
      cases.add(
          signature(curve + "of another message", key, message, good).put("refused", "CR-10"));
      message[0] ^= 1;
      cases.add(
          signature(curve + "of another key", key(k256, random), message, good)
              .put("refused", "CR-10"));
    }
    return cases;
  }

  private static BigInteger number(byte[] signature, int offset) {
    return new BigInteger(1, Arrays.copyOfRange(signature, offset, offset + HALF));
  }

  private static byte[] numbers(BigInteger r, BigInteger s) {
    byte[] out = new byte[2 * HALF];
    put(r, out, 0);
    put(s, out, HALF);
    return out;
  }

  private static void put(BigInteger number, byte[] out, int offset) {
    byte[] bytes = number.toByteArray();
    int from = Math.max(0, bytes.length - HALF);
    int length = bytes.length - from;
    System.arraycopy(bytes, from, out, offset + HALF - length, length);
  }

  private static byte[] der(BigInteger r, BigInteger s) {
    byte[] first = r.toByteArray();
    byte[] second = s.toByteArray();
    byte[] out = new byte[6 + first.length + second.length];
    out[0] = 0x30;
    out[1] = (byte) (out.length - 2);
    out[2] = 2;
    out[3] = (byte) first.length;
    System.arraycopy(first, 0, out, 4, first.length);
    out[4 + first.length] = 2;
    out[5 + first.length] = (byte) second.length;
    System.arraycopy(second, 0, out, 6 + first.length, second.length);
    return out;
  }
}
