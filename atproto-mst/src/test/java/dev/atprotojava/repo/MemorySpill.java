// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;

/** A spill that counts, and that notices a reader that uses it wrongly. */
final class MemorySpill implements BlockSpill {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private byte[] bytes = new byte[0];
  boolean closed;

  @Override
  public void append(byte[] in, int offset, int length) {
    assertThat(closed).isFalse();
    out.write(in, offset, length);
  }

  @Override
  public void read(long position, byte[] to, int offset, int length) {
    assertThat(closed).isFalse();
    assertThat(position + length).isLessThanOrEqualTo(out.size());
    if (bytes.length != out.size()) {
      bytes = out.toByteArray();
    }
    System.arraycopy(bytes, (int) position, to, offset, length);
  }

  int size() {
    return out.size();
  }

  @Override
  public void close() {
    closed = true;
  }
}
