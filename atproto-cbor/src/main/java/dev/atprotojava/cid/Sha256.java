// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cid;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * SHA-256 over slices, without garbage: one instance is reused for any number of digests.
 *
 * <p>Not thread-safe; a worker keeps its own. A fresh {@code MessageDigest} a call costs a third
 * more on small blocks, and every block of a commit is small.
 */
public final class Sha256 {
  /** The length of a digest, in bytes. */
  public static final int LENGTH = 32;

  private final MessageDigest digest;
  private final byte[] scratch = new byte[LENGTH];

  public Sha256() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java runtime has SHA-256", e);
    }
  }

  /** Adds bytes to the message; {@link #finish} ends it. */
  public Sha256 update(byte[] bytes, int offset, int length) {
    digest.update(bytes, offset, length);
    return this;
  }

  /** Ends the message that {@link #update} built and writes its digest to {@code out}. */
  public void finish(byte[] out, int offset) {
    try {
      digest.digest(out, offset, LENGTH);
    } catch (DigestException e) {
      throw new IndexOutOfBoundsException(e.getMessage());
    }
  }

  /** Writes the digest of a slice to {@code out}. */
  public void digest(byte[] bytes, int offset, int length, byte[] out, int outOffset) {
    digest.update(bytes, offset, length);
    finish(out, outOffset);
  }

  /** True if the digest of a slice is the 32 bytes at {@code expectedOffset}. */
  public boolean matches(
      byte[] bytes, int offset, int length, byte[] expected, int expectedOffset) {
    digest(bytes, offset, length, scratch, 0);
    return Arrays.equals(scratch, 0, LENGTH, expected, expectedOffset, expectedOffset + LENGTH);
  }
}
