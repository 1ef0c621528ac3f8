// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.store;

import org.jspecify.annotations.Nullable;

/**
 * What the operator decided about the public requestCrawl.
 *
 * @param enabled whether anybody may ask; null if the configuration counts
 * @param perDay how many hosts may be added within 24 hours; null if the configuration counts
 */
public record CrawlRule(@Nullable Boolean enabled, @Nullable Integer perDay) {
  /** Nothing was decided. */
  public static final CrawlRule NONE = new CrawlRule(null, null);
}
