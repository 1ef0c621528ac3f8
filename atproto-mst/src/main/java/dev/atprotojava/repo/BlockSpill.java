// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

import java.io.IOException;

/**
 * Room outside of memory, for blocks of a CAR that come before they are needed: in general a file
 * that is deleted when it is closed. It is written at its end and read anywhere.
 *
 * <p>Belongs to one {@link RepoReader}, which closes it. Used only where a CAR is not in the order
 * in which it is read and too large to be kept, so that an implementation should make nothing until
 * it is written to.
 */
public interface BlockSpill extends AutoCloseable {
  /** Adds a slice at the end. */
  void append(byte[] bytes, int offset, int length) throws IOException;

  /** Reads exactly {@code length} bytes from a position, all of which were added before. */
  void read(long position, byte[] out, int offset, int length) throws IOException;

  /** Gives the room back. */
  @Override
  void close() throws IOException;
}
