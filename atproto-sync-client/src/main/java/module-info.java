// SPDX-License-Identifier: MIT OR Apache-2.0
import org.jspecify.annotations.NullMarked;

/** Follows a subscribeRepos stream, verifies it, and asks com.atproto.sync over HTTP. */
@NullMarked
module dev.atprotojava.sync.client {
  requires static java.sql;
  requires static org.jspecify;
  requires transitive dev.atprotojava.identity;
  requires transitive dev.atprotojava.sync;
  requires kotlin.stdlib;
  requires transitive okhttp3;
  requires okio;
  requires org.slf4j;

  exports dev.atprotojava.sync.client;
}
