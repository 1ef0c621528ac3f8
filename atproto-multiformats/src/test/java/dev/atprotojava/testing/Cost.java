// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.testing;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What a piece of work allocates, for tests that hold it to a multiple of its input. */
public final class Cost {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Cost() {}

  /**
   * Fails if the work allocates more than {@code perByte} for each byte of input, and a floor. What
   * is too much is done once more before that counts: the first time classes are loaded too.
   */
  public static void requireLinear(int inputBytes, int perByte, Runnable work) {
    long most = (1 << 20) + (long) perByte * inputBytes;
    long allocated = allocatedBy(work);
    if (allocated > most) {
      allocated = allocatedBy(work);
    }
    if (allocated > most) {
      throw new AssertionError(
          inputBytes + " bytes of input took " + allocated + " of memory, more than " + most);
    }
  }

  private static long allocatedBy(Runnable work) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    work.run();
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }
}
