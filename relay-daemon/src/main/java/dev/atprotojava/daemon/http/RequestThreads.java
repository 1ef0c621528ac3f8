// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.http;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Where endpoints run, so that none holds an I/O thread. Each kind has a bound of its own, above
 * which requests are refused: a crowd at one endpoint does not starve the others.
 */
public final class RequestThreads {
  private static final int QUEUED_READS = 256;

  private RequestThreads() {}

  /** The I/O thread itself, for what never blocks. */
  public static Executor direct() {
    return Runnable::run;
  }

  /** A virtual thread for each request, at most so many at a time. */
  public static Executor virtual(String name, int atOnce) {
    Semaphore places = new Semaphore(atOnce);
    ThreadFactory threads = Thread.ofVirtual().name(name + "-", 0).factory();
    return task -> {
      if (!places.tryAcquire()) {
        throw new RejectedExecutionException(name);
      }
      threads
          .newThread(
              () -> {
                try {
                  task.run();
                } finally {
                  places.release();
                }
              })
          .start();
    };
  }

  /**
   * One platform thread, for what reads the database: a virtual one would hold its carrier, and
   * more than one would take the readers that lanes wait for.
   */
  public static Executor disk(String name) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            1,
            1,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUED_READS),
            Thread.ofPlatform().daemon().name(name).factory());
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}
