// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.identity;

import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.identity.PlcExport;
import dev.atprotojava.identity.PlcExportException;
import dev.atprotojava.syntax.Did;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the log of a PLC directory: asks every so often for what is new, writes it to the
 * identity store with the place, and tells which DIDs are different. Begins where an import or an
 * earlier follower ended, or else now.
 *
 * <p>One thread of its own. A directory that fails is asked again the next time; nothing is lost by
 * that, since the place is durable.
 */
public final class PlcFollower {
  private static final Logger LOG = LoggerFactory.getLogger(PlcFollower.class);
  private static final Duration STOP = Duration.ofSeconds(2);

  private final SqliteIdentityStore store;
  private final Path file;
  private final Supplier<PlcExport.Builder> directory;
  private final AddressPolicy policy;
  private final InstantSource clock;
  private final Duration interval;
  private final Consumer<Did> changed;
  private final Thread thread;
  private volatile boolean failing;

  /**
   * A follower that has not begun.
   *
   * @param file where the store is
   * @param directory a reader of its export, to be told where to begin
   * @param policy which servers an identity may name
   * @param interval from one question to the next
   * @param changed is told of each DID of which the store says something else
   */
  public PlcFollower(
      SqliteIdentityStore store,
      Path file,
      Supplier<PlcExport.Builder> directory,
      AddressPolicy policy,
      InstantSource clock,
      Duration interval,
      Consumer<Did> changed) {
    this.store = store;
    this.file = file;
    this.directory = directory;
    this.policy = policy;
    this.clock = clock;
    this.interval = interval;
    this.changed = changed;
    this.thread = Thread.ofPlatform().name("plc-follower").daemon().unstarted(this::run);
  }

  /** Begins. */
  public void start() {
    thread.start();
  }

  private void run() {
    try {
      Optional<ExportLock> lock = ExportLock.tryAcquire(file);
      if (lock.isEmpty()) {
        LOG.info("an import works on {}; the directory is followed when it has ended", file);
      }
      while (lock.isEmpty()) {
        Thread.sleep(interval);
        lock = ExportLock.tryAcquire(file);
      }
      try (ExportLock _ = lock.get()) {
        store.reloadCoverage();
        while (true) {
          poll();
          Thread.sleep(interval);
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("the directory is not followed any more");
    } catch (IOException | RuntimeException e) {
      LOG.error("the directory is not followed any more", e);
    }
  }

  /** Asks for what is new, once. */
  void poll() throws InterruptedException {
    ExportCoverage covered = store.coverage();
    try {
      PlcImport.Progress progress =
          new PlcImport(store, policy, clock, each -> {}, dids -> dids.forEach(changed))
              .ofDirectory(
                  directory.get(),
                  covered.isEmpty() ? ExportCoverage.beginningAt(clock.instant()) : covered);
      if (failing || progress.operations() > 0) {
        LOG.debug(
            "directory followed: operations={} changed={} up to {}",
            progress.operations(),
            progress.changed(),
            progress.upTo());
      }
      failing = false;
    } catch (PlcExportException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (!failing) {
        LOG.warn("the directory cannot be followed for now: {}", e.getMessage());
      }
      failing = true;
    } catch (IllegalStateException e) {
      if (!failing) {
        LOG.error("what a directory tells cannot be written", e);
      }
      failing = true;
    }
  }

  /** Ends it, and waits for that. */
  public void stop() throws InterruptedException {
    thread.interrupt();
    if (thread.getState() != Thread.State.NEW) {
      thread.join(STOP);
    }
  }
}
