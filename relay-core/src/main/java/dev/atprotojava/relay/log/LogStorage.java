// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The file system as the log uses it: one directory of files that grow at their end. The seam at
 * which a test decides what a crash leaves behind.
 *
 * <p>What was written is durable after {@link LogFile#force}; that a file exists, or has its new
 * name, is durable after {@link #syncDirectory}.
 */
public interface LogStorage {
  /** A file of the directory. */
  interface LogFile extends AutoCloseable {
    /** Writes all of a buffer behind what is there. */
    void append(ByteBuffer bytes) throws IOException;

    /**
     * Reads from a position until the buffer is full or the file ends; returns the bytes read, 0
     * where the file has none.
     */
    int read(ByteBuffer into, long position) throws IOException;

    /** The number of bytes. */
    long size() throws IOException;

    /** Cuts the file off. */
    void truncate(long size) throws IOException;

    /** Makes durable what was written. */
    void force() throws IOException;

    @Override
    void close() throws IOException;
  }

  /** The names of the files, in no order. */
  List<String> list() throws IOException;

  /** Creates a file that must not exist. */
  LogFile create(String name) throws IOException;

  /**
   * Opens a file for reading and appending.
   *
   * @throws java.nio.file.NoSuchFileException if there is none
   */
  LogFile open(String name) throws IOException;

  /**
   * Opens a file for reading.
   *
   * @throws java.nio.file.NoSuchFileException if there is none
   */
  LogFile openToRead(String name) throws IOException;

  /** Gives a file another name, replacing one that has it. */
  void rename(String from, String to) throws IOException;

  /** Removes a file if it is there; those who have it open can go on reading. */
  void delete(String name) throws IOException;

  /** Makes creations, renames and deletions durable. */
  void syncDirectory() throws IOException;

  /** The size of the volume, in bytes. */
  long volumeBytes() throws IOException;
}
