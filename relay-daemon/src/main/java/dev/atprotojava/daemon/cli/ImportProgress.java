// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.cli;

import dev.atprotojava.relay.identity.PlcImport.Progress;
import dev.atprotojava.sync.client.NanoClock;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Says on standard error how far an import has come: a line every two seconds, and one at the end.
 */
final class ImportProgress {
  private static final long INTERVAL = TimeUnit.SECONDS.toNanos(2);

  private final PrintWriter err;
  private final NanoClock clock;
  private final long begin;
  private long next;

  ImportProgress(PrintWriter err, NanoClock clock) {
    this.err = err;
    this.clock = clock;
    this.begin = clock.nanos();
    this.next = begin + INTERVAL;
  }

  void show(Progress progress) {
    long now = clock.nanos();
    if (now - next >= 0) {
      next = now + INTERVAL;
      print(progress, now);
    }
  }

  void end(Progress progress) {
    print(progress, clock.nanos());
  }

  private void print(Progress progress, long now) {
    double seconds = Math.max(1, now - begin) / 1e9;
    err.println(
        String.format(
            Locale.ROOT,
            "%,d operations, %,d identities new or changed, %d doubtful, %d rows not readable, up to"
                + " %s, %,.0f operations/s",
            progress.operations(),
            progress.changed(),
            progress.doubted(),
            progress.skipped(),
            progress.upTo(),
            progress.operations() / seconds));
    err.flush();
  }
}
