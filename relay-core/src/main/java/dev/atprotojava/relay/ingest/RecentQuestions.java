// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which hosts were asked for the status of which accounts of late, so that none is asked for each
 * event (RL-38). Keeps a bounded number of the latest; what is beyond that is bounded by the host's
 * own limit. Owned by one lane.
 */
final class RecentQuestions {
  private static final int MAX = 4096;

  private final long againNanos;
  private final Map<Long, Long> askedAt = new LinkedHashMap<>();

  /**
   * None yet.
   *
   * @param againNanos how long not to ask again
   */
  RecentQuestions(long againNanos) {
    this.againNanos = againNanos;
  }

  /** True if this was asked too short a while ago. */
  boolean isRecent(long question, long nowNanos) {
    Long at = askedAt.get(question);
    return at != null && nowNanos - at < againNanos;
  }

  /** This is asked now. */
  void asked(long question, long nowNanos) {
    askedAt.remove(question);
    askedAt.put(question, nowNanos);
    if (askedAt.size() > MAX) {
      Iterator<Long> oldest = askedAt.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
  }
}
