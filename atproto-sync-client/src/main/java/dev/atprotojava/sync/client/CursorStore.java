// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers how far streams are dealt with (SC-44). Numbers of one stream say nothing of another,
 * so each has its name (SC-40). Threads may share one; it throws {@link RepoStoreException}.
 */
public interface CursorStore {
  /** The last number of a stream that was dealt with; empty if none was. */
  OptionalLong load(String stream);

  /** Remembers a number. What was remembered before is lost only when this one is safe. */
  void save(String stream, long seq);

  /** A file, which is replaced as a whole each time. */
  static CursorStore file(Path file) {
    return new FileCursorStore(file);
  }

  /** One that is forgotten with its process. */
  static CursorStore inMemory() {
    Map<String, Long> cursors = new ConcurrentHashMap<>();
    return new CursorStore() {
      @Override
      public OptionalLong load(String stream) {
        Long seq = cursors.get(stream);
        return seq == null ? OptionalLong.empty() : OptionalLong.of(seq);
      }

      @Override
      public void save(String stream, long seq) {
        cursors.put(stream, seq);
      }
    };
  }
}
