// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import dev.atprotojava.cid.Cid;
import dev.atprotojava.sync.AccountChain;
import dev.atprotojava.sync.ChainState;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.RecordPath;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A store that is forgotten with its process: for tests, and for consumers that start anew each
 * time. Takes some 300 bytes a record and does not end by itself.
 */
public final class InMemoryRepoStateStore implements RepoStateStore {
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Long> cursors = new HashMap<>();
  private final NavigableMap<Did, AccountChain> chains =
      new TreeMap<>(Comparator.comparing(Did::toString));
  private final Map<Did, NavigableMap<RecordPath, Optional<Cid>>> records = new HashMap<>();

  /** A store of nothing. */
  public InMemoryRepoStateStore() {}

  @Override
  public OptionalLong cursor(String stream) {
    lock.lock();
    try {
      Long cursor = cursors.get(stream);
      return cursor == null ? OptionalLong.empty() : OptionalLong.of(cursor);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public @Nullable AccountChain find(Did did) {
    lock.lock();
    try {
      return chains.get(did);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<Row> records(Did did, @Nullable RecordPath after, int limit) {
    lock.lock();
    try {
      NavigableMap<RecordPath, Optional<Cid>> all = records.getOrDefault(did, new TreeMap<>());
      return (after == null ? all : all.tailMap(after, false))
          .entrySet().stream()
              .limit(limit)
              .map(row -> new Row(row.getKey(), row.getValue().orElse(null)))
              .toList();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<Did> desynchronized(@Nullable Did after, int limit, boolean unseen) {
    lock.lock();
    try {
      List<Did> found = new ArrayList<>();
      for (var entry : (after == null ? chains : chains.tailMap(after, false)).entrySet()) {
        AccountChain chain = entry.getValue();
        boolean synced = chain.state() instanceof ChainState.Synchronized;
        if (!synced
            && chain.status().isActive()
            && (unseen || !isUnseen(chain))
            && found.size() < limit) {
          found.add(entry.getKey());
        }
      }
      return found;
    } finally {
      lock.unlock();
    }
  }

  private static boolean isUnseen(AccountChain chain) {
    return chain.state() instanceof ChainState.Desynchronized(ChainState.Cause cause, var last)
        && (cause == ChainState.Cause.UNKNOWN || cause == ChainState.Cause.PURGED);
  }

  @Override
  public void commit(List<Change> changes, String stream, OptionalLong cursor) {
    lock.lock();
    try {
      for (Change change : changes) {
        NavigableMap<RecordPath, Optional<Cid>> table =
            records.computeIfAbsent(change.did(), did -> new TreeMap<>());
        switch (change.all()) {
          case KEEP -> {}
          case DOUBT -> table.replaceAll((path, cid) -> Optional.empty());
          case FORGET -> table.clear();
        }
        for (RowChange row : change.rows()) {
          switch (row) {
            case RowChange.Known known -> table.put(known.path(), Optional.of(known.cid()));
            case RowChange.Doubtful doubt -> table.put(doubt.path(), Optional.empty());
            case RowChange.Gone gone -> table.remove(gone.path());
          }
        }
        if (!change.rows().isEmpty()) {
          chains.putIfAbsent(change.did(), AccountChain.unknown());
        }
        if (change.chain() != null) {
          chains.put(change.did(), change.chain());
        }
      }
      cursor.ifPresent(seq -> cursors.put(stream, seq));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {}
}
