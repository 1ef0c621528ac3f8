// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import dev.atprotojava.sync.AccountChain;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.RecordPath;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A store with another in front, for tests that disturb one of its methods. */
class ForwardingStore implements RepoStateStore {
  private final RepoStateStore store;

  ForwardingStore(RepoStateStore store) {
    this.store = store;
  }

  @Override
  public OptionalLong cursor(String stream) {
    return store.cursor(stream);
  }

  @Override
  public @Nullable AccountChain find(Did did) {
    return store.find(did);
  }

  @Override
  public List<Row> records(Did did, @Nullable RecordPath after, int limit) {
    return store.records(did, after, limit);
  }

  @Override
  public List<Did> desynchronized(@Nullable Did after, int limit, boolean unseen) {
    return store.desynchronized(after, limit, unseen);
  }

  @Override
  public void commit(List<Change> changes, String stream, OptionalLong cursor) {
    store.commit(changes, stream, cursor);
  }

  @Override
  public void close() {
    store.close();
  }
}
