// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.identity;

import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.identity.Identity;
import dev.atprotojava.identity.IdentityException;
import dev.atprotojava.identity.IdentityStore;
import dev.atprotojava.identity.PdsEndpoint;
import dev.atprotojava.identity.PlcPosition;
import dev.atprotojava.relay.RelayException;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Handle;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Identities in an SQLite file of their own: the second level of the relay's directory, which makes
 * that a restart asks nobody for what is fresh on disk.
 *
 * <p>Everything in here can be asked for again. So writes gather for up to half a second, and what
 * is lost, by a crash, a full disk or too many at once, costs a lookup and nothing else. A row is
 * never replaced by what is older; where two that are almost of one time disagree the row is
 * marked, and the next who needs it asks.
 *
 * <p>Threads: {@link #load} reads a disk and belongs on {@link #readers}, whose queue is bounded;
 * changes return at once, and one thread of this store writes them. Several processes may share the
 * file.
 */
public final class SqliteIdentityStore implements IdentityStore, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteIdentityStore.class);
  private static final int READERS = 2;
  private static final int MAX_QUEUED_READS = 20_000;
  private static final int MAX_PENDING = 50_000;
  private static final int BATCH = 5_000;
  private static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final int READER_CACHE_KIB = 8 << 10;
  private static final int WRITER_CACHE_KIB = 32 << 10;
  private static final Duration STOP = Duration.ofSeconds(5);
  private static final int MAX_ENDPOINTS = 20_000;

  /** A change of one DID that is not on disk yet. */
  private sealed interface Change {
    record Save(Stored stored) implements Change {}

    record MarkStale() implements Change {}

    record Remove(long atMillis) implements Change {}
  }

  private final AddressPolicy policy;
  private final InstantSource clock;
  private final IdentityTable writer;
  private final ArrayBlockingQueue<IdentityTable> tables = new ArrayBlockingQueue<>(READERS);
  private final ThreadPoolExecutor readers;
  private final Thread writerThread;
  private final Map<String, PdsEndpoint> endpoints = new java.util.concurrent.ConcurrentHashMap<>();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  // These are owned by the lock. What is being written can still be loaded from where it was.
  private Map<Did, Change> pending = new LinkedHashMap<>();
  private Map<Did, Change> writing = Map.of();
  private final List<Runnable> tasks = new ArrayList<>();
  private boolean closed;
  private long lost;

  private volatile ExportCoverage coverage;

  private SqliteIdentityStore(Path file, AddressPolicy policy, InstantSource clock)
      throws SQLException {
    this.policy = policy;
    this.clock = clock;
    Connection connection = IdentitySchema.connect(file, WRITER_CACHE_KIB);
    this.writer = new IdentityTable(connection);
    this.coverage = readCoverage(connection);
    for (int i = 0; i < READERS; i++) {
      Connection reading = IdentitySchema.connect(file, READER_CACHE_KIB);
      IdentitySchema.execute(reading, "PRAGMA query_only = 1");
      tables.add(new IdentityTable(reading));
    }
    this.readers =
        new ThreadPoolExecutor(
            READERS,
            READERS,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_QUEUED_READS),
            Thread.ofPlatform().name("identity-reader-", 0).daemon().factory());
    this.writerThread = Thread.ofPlatform().name("identity-writer").daemon().start(this::write);
  }

  /**
   * Opens the store in a file, or makes one.
   *
   * @param policy which servers an identity may name
   * @throws RelayException if the file is not ours, or cannot be opened; the message is for the
   *     operator
   */
  public static SqliteIdentityStore open(Path file, AddressPolicy policy, InstantSource clock) {
    try {
      IdentitySchema.prepare(file);
      return new SqliteIdentityStore(file, policy, clock);
    } catch (SQLException | IOException e) {
      throw RelayException.refused(
          "the database of identities "
              + file
              + " cannot be opened: "
              + e.getMessage()
              + ". It may be removed; what was in it is asked for again.");
    }
  }

  /** Where {@link #load} belongs; refuses more than a bounded number of tasks. */
  public Executor readers() {
    return readers;
  }

  @Override
  public @Nullable Stored load(Did did) {
    Change change;
    lock.lock();
    try {
      change = pending.get(did);
      change = change == null ? writing.get(did) : change;
    } finally {
      lock.unlock();
    }
    return switch (change) {
      case Change.Save(Stored stored) -> stored;
      case Change.Remove removed -> null;
      case Change.MarkStale mark -> {
        Stored stored = read(did);
        yield stored == null ? null : new Stored(stored.identity(), true);
      }
      case null -> read(did);
    };
  }

  private @Nullable Stored read(Did did) {
    // Before the row: a row that is newer than the coverage is right by itself.
    ExportCoverage covered = coverage;
    IdentityTable table = null;
    try {
      table = tables.take();
      IdentityRow row = table.find(did);
      return row == null || row.gone() ? null : stored(row, covered);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (SQLException e) {
      throw new IllegalStateException("identities cannot be read: " + e.getMessage(), e);
    } finally {
      if (table != null) {
        tables.add(table);
      }
    }
  }

  /** A row as the directory takes it; null if the policy now refuses the server that it names. */
  private @Nullable Stored stored(IdentityRow row, ExportCoverage covered) {
    PdsEndpoint pds = null;
    if (row.pds() != null) {
      pds = endpoint(row.pds());
      if (pds == null) {
        return null;
      }
    }
    long at = row.did().isPlc() ? covered.effectiveMillis(row.atMillis()) : row.atMillis();
    Handle handle = row.handle() == null ? null : Handle.parse(row.handle());
    Identity identity =
        Identity.of(row.did(), handle, pds, row.publicKey(), Instant.ofEpochMilli(at));
    return new Stored(identity, row.stale());
  }

  private @Nullable PdsEndpoint endpoint(String origin) {
    PdsEndpoint known = endpoints.get(origin);
    if (known != null) {
      return known;
    }
    try {
      PdsEndpoint parsed = PdsEndpoint.parse(origin, policy);
      if (endpoints.size() >= MAX_ENDPOINTS) {
        endpoints.clear();
      }
      endpoints.put(origin, parsed);
      return parsed;
    } catch (IdentityException refused) {
      return null;
    }
  }

  @Override
  public void save(Stored stored) {
    put(stored.identity().did(), new Change.Save(stored));
  }

  @Override
  public void markStale(Did did) {
    put(did, new Change.MarkStale());
  }

  @Override
  public void remove(Did did) {
    put(did, new Change.Remove(clock.millis()));
  }

  private void put(Did did, Change change) {
    lock.lock();
    try {
      if (closed || (pending.size() >= MAX_PENDING && !pending.containsKey(did))) {
        lost++;
        return;
      }
      pending.merge(did, change, SqliteIdentityStore::merged);
      if (pending.size() == 1 || pending.size() >= BATCH) {
        work.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  private static Change merged(Change earlier, Change later) {
    if (!(later instanceof Change.MarkStale)) {
      return later;
    }
    return earlier instanceof Change.Save(Stored stored)
        ? new Change.Save(new Stored(stored.identity(), true))
        : earlier;
  }

  /** How many changes were given up because the disk was too slow. */
  public long lost() {
    lock.lock();
    try {
      return lost;
    } finally {
      lock.unlock();
    }
  }

  /** What of a directory's log is in here. */
  public ExportCoverage coverage() {
    return coverage;
  }

  /** Reads anew what is covered, which another process may have changed. */
  ExportCoverage reloadCoverage() {
    coverage = submit(table -> readCoverage(table.connection())).join();
    return coverage;
  }

  /** The number of identities; reads the whole file. */
  public long count() {
    return submit(
            table -> IdentitySchema.queryLong(table.connection(), "SELECT count(*) FROM identity"))
        .join();
  }

  /**
   * A server that some identity named.
   *
   * @param id rises
   */
  public record Server(int id, String origin) {}

  /** Servers in the order in which they were first seen, behind {@code afterId}. */
  public CompletableFuture<List<Server>> servers(int afterId, int limit) {
    return submit(
        table -> {
          List<Server> servers = new ArrayList<>();
          try (PreparedStatement select =
              table
                  .connection()
                  .prepareStatement(
                      "SELECT id, origin FROM pds WHERE id > ? ORDER BY id LIMIT ?")) {
            select.setInt(1, afterId);
            select.setInt(2, limit);
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                servers.add(new Server(row.getInt(1), row.getString(2)));
              }
            }
          }
          return servers;
        });
  }

  /** A number that was remembered under a name, or 0. */
  public CompletableFuture<Long> number(String name) {
    return submit(
        table -> readMeta(table.connection(), name) instanceof Number n ? n.longValue() : 0L);
  }

  /** Remembers a number under a name. */
  public CompletableFuture<Long> remember(String name, long number) {
    return submit(
        table -> {
          writeMeta(table.connection(), name, number);
          return number;
        });
  }

  /**
   * Writes what a stretch of a directory's log says, and what of it is covered then, as one. The
   * future tells which DIDs are different now.
   */
  CompletableFuture<ExportBatch.Outcome> apply(ExportBatch batch, @Nullable ExportCoverage then) {
    return submit(
            table -> {
              ExportBatch.Outcome outcome = batch.mergeInto(table);
              if (then != null) {
                writeCoverage(table.connection(), then);
              }
              return outcome;
            })
        .thenApply(
            outcome -> {
              if (then != null) {
                coverage = then;
              }
              return outcome;
            });
  }

  private <T> CompletableFuture<T> submit(IdentityTable.Work<T> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    lock.lock();
    try {
      if (closed) {
        result.completeExceptionally(new IllegalStateException("the store is closed"));
        return result;
      }
      tasks.add(
          () -> {
            T value;
            try {
              value = writer.atomically(task);
            } catch (SQLException | RuntimeException e) {
              result.completeExceptionally(e);
              return;
            }
            result.complete(value);
          });
      work.signal();
    } finally {
      lock.unlock();
    }
    return result;
  }

  private void write() {
    boolean last = false;
    while (!last) {
      List<Runnable> now;
      lock.lock();
      try {
        while (tasks.isEmpty() && pending.isEmpty() && !closed) {
          work.awaitUninterruptibly();
        }
        linger();
        now = new ArrayList<>(tasks);
        tasks.clear();
        writing = pending;
        pending = new LinkedHashMap<>();
        last = closed;
      } finally {
        lock.unlock();
      }
      writeChanges(writing);
      lock.lock();
      try {
        writing = Map.of();
      } finally {
        lock.unlock();
      }
      now.forEach(Runnable::run);
    }
  }

  /** Lets more changes gather, unless somebody waits. */
  private void linger() {
    long left = LINGER_NANOS;
    try {
      while (left > 0 && tasks.isEmpty() && pending.size() < BATCH && !closed) {
        left = work.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      LOG.debug("not waited");
    }
  }

  private void writeChanges(Map<Did, Change> changes) {
    if (changes.isEmpty()) {
      return;
    }
    try {
      int written = writer.atomically(table -> writeInto(table, changes));
      LOG.debug("identities: {} changes written", written);
    } catch (SQLException | RuntimeException e) {
      LOG.error("identities: {} changes are lost, which costs lookups", changes.size(), e);
      lock.lock();
      try {
        lost += changes.size();
      } finally {
        lock.unlock();
      }
    }
  }

  private static int writeInto(IdentityTable table, Map<Did, Change> changes) throws SQLException {
    for (Map.Entry<Did, Change> each : changes.entrySet()) {
      switch (each.getValue()) {
        case Change.Save(Stored stored) ->
            table.merge(IdentityRow.of(stored.identity(), stored.stale()), true);
        case Change.MarkStale mark -> table.doubt(each.getKey());
        case Change.Remove(long at) -> {
          if (table.find(each.getKey()) != null) {
            table.merge(IdentityRow.gone(each.getKey(), at), true);
          }
        }
      }
    }
    return changes.size();
  }

  private static ExportCoverage readCoverage(Connection connection) throws SQLException {
    Object from = readMeta(connection, "export_from");
    Object asOf = readMeta(connection, "export_as_of");
    Object position = readMeta(connection, "export_position");
    boolean whole = readMeta(connection, "export_whole") instanceof Number n && n.intValue() == 1;
    return from instanceof Number first && asOf instanceof Number last
        ? new ExportCoverage(
            whole,
            Instant.ofEpochMilli(first.longValue()),
            Instant.ofEpochMilli(last.longValue()),
            position instanceof String text ? PlcPosition.parse(text) : null)
        : ExportCoverage.none();
  }

  private static void writeCoverage(Connection connection, ExportCoverage coverage)
      throws SQLException {
    writeMeta(connection, "export_whole", coverage.whole() ? 1 : 0);
    writeMeta(connection, "export_from", coverage.from().toEpochMilli());
    writeMeta(connection, "export_as_of", coverage.asOf().toEpochMilli());
    if (coverage.position() != null) {
      writeMeta(connection, "export_position", coverage.position().toString());
    }
  }

  private static @Nullable Object readMeta(Connection connection, String key) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT value FROM meta WHERE key = ?")) {
      select.setString(1, key);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? row.getObject(1) : null;
      }
    }
  }

  private static void writeMeta(Connection connection, String key, Object value)
      throws SQLException {
    try (PreparedStatement put =
        connection.prepareStatement(
            "INSERT INTO meta (key, value) VALUES (?, ?)"
                + " ON CONFLICT (key) DO UPDATE SET value = excluded.value")) {
      put.setString(1, key);
      put.setObject(2, value);
      put.executeUpdate();
    }
  }

  /** Writes what is pending, and ends the threads. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      work.signal();
    } finally {
      lock.unlock();
    }
    readers.shutdown();
    try {
      boolean ended = readers.awaitTermination(STOP.toMillis(), TimeUnit.MILLISECONDS);
      ended &= writerThread.join(STOP);
      if (!ended) {
        LOG.warn("identities: the disk is too slow to close the database in order");
        return;
      }
      for (IdentityTable table : tables) {
        table.close();
      }
      writer.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (SQLException e) {
      LOG.warn("identities: the database is not closed: {}", e.getMessage());
    }
  }
}
