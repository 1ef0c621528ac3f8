// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.cbor.CborValue.IntegerValue;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cbor.CborValue.TextValue;
import dev.atprotojava.identity.IdentityException.Fault;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** JSON lines, one at a time; of a line that is too long, nothing is kept. Not thread-safe. */
final class PlcRows {
  /** A line that is not empty. */
  sealed interface Row {}

  /** One with an operation. */
  record Operation(PlcLogEntry entry) implements Row {}

  /** One of a type that is none of ours (ID-77: ours is {@code sequenced_op}, or none). */
  record Other(@Nullable Long seq) implements Row {}

  /** Anything else. */
  record Unreadable() implements Row {}

  private final InputStream in;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream(1_024);

  private PlcRows(InputStream in) {
    this.in = in;
  }

  static PlcRows of(InputStream buffered) {
    return new PlcRows(buffered);
  }

  static PlcRows of(byte[] lines) {
    return new PlcRows(new ByteArrayInputStream(lines));
  }

  /** The next row, or null at the end. */
  @Nullable Row next() {
    try {
      int c = in.read();
      while (c >= 0) {
        line.reset();
        boolean tooLong = false;
        for (; c >= 0 && c != '\n'; c = in.read()) {
          if (line.size() < PlcLogEntry.MAX_BYTES) {
            line.write(c);
          } else {
            tooLong = true;
          }
        }
        if (tooLong) {
          return new Unreadable();
        }
        byte[] bytes = line.toByteArray();
        if (!isBlank(bytes)) {
          return row(bytes);
        }
        c = c < 0 ? c : in.read();
      }
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isBlank(byte[] bytes) {
    for (byte b : bytes) {
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }

  private static Row row(byte[] bytes) {
    try {
      MapValue row = PlcJson.tree(bytes, Fault.LOG_ENTRY);
      if (row.find("type") instanceof TextValue(String type) && !type.equals("sequenced_op")) {
        return new Other(row.find("seq") instanceof IntegerValue number ? number.value() : null);
      }
      return new Operation(PlcJson.entry(row));
    } catch (IdentityException malformed) {
      return new Unreadable();
    }
  }
}
