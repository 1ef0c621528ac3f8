// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor.testing;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.testing.Gen;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Writes a value in a random form that CBOR allows and DAG-CBOR does not. */
public final class LooseEncoder {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Gen gen;

  private LooseEncoder(Gen gen) {
    this.gen = gen;
  }

  /** The value in a form of the generator's choice. */
  public static Bytes encode(CborValue value, Gen gen) {
    LooseEncoder encoder = new LooseEncoder(gen);
    encoder.write(value);
    return Bytes.wrap(encoder.out.toByteArray());
  }

  private void write(CborValue value) {
    switch (value) {
      case CborValue.IntegerValue integer -> {
        long n = integer.value();
        head(n >= 0 ? 0 : 1, n >= 0 ? n : -1 - n);
      }
      case CborValue.BytesValue bytes -> string(2, bytes.value().toByteArray());
      case CborValue.TextValue text -> text(text.value());
      case CborValue.LinkValue link -> {
        head(6, 42);
        byte[] cid = link.value().toByteArray();
        byte[] content = new byte[cid.length + 1];
        System.arraycopy(cid, 0, content, 1, cid.length);
        string(2, content);
      }
      case CborValue.BooleanValue bool -> out.write(bool.value() ? 0xf5 : 0xf4);
      case CborValue.NullValue nothing -> out.write(0xf6);
      case CborValue.ArrayValue array -> {
        boolean indefinite = open(4, array.elements().size());
        array.elements().forEach(this::write);
        close(indefinite);
      }
      case CborValue.MapValue map -> {
        List<Map.Entry<String, CborValue>> entries = new ArrayList<>(map.entries().entrySet());
        Collections.shuffle(entries, new Random(gen.nextLong()));
        boolean indefinite = open(5, entries.size());
        entries.forEach(
            entry -> {
              text(entry.getKey());
              write(entry.getValue());
            });
        close(indefinite);
      }
    }
  }

  private void text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    head(3, utf8.length);
    out.writeBytes(utf8);
  }

  private void string(int major, byte[] bytes) {
    if (gen.oneIn(3)) {
      out.write(major << 5 | 31);
      int cut = gen.nextInt(bytes.length + 1);
      head(major, cut);
      out.write(bytes, 0, cut);
      head(major, bytes.length - cut);
      out.write(bytes, cut, bytes.length - cut);
      out.write(0xff);
    } else {
      head(major, bytes.length);
      out.writeBytes(bytes);
    }
  }

  private boolean open(int major, int count) {
    boolean indefinite = gen.oneIn(3);
    if (indefinite) {
      out.write(major << 5 | 31);
    } else {
      head(major, count);
    }
    return indefinite;
  }

  private void close(boolean indefinite) {
    if (indefinite) {
      out.write(0xff);
    }
  }

  private void head(int major, long value) {
    int shortest =
        value < 24 ? -1 : value < 1 << 8 ? 0 : value < 1 << 16 ? 1 : value < 1L << 32 ? 2 : 3;
    int log = gen.between(shortest, 3);
    if (log < 0) {
      out.write((int) (major << 5 | value));
      return;
    }
    out.write(major << 5 | 24 + log);
    for (int shift = (8 << log) - 8; shift >= 0; shift -= 8) {
      out.write((int) (value >>> shift));
    }
  }
}
