// SPDX-License-Identifier: MIT OR Apache-2.0
import org.jspecify.annotations.NullMarked;

/**
 * DIDs and handles to signing keys and servers: documents, resolvers, a cache, PLC operation logs,
 * and the address policy.
 */
@NullMarked
module dev.atprotojava.identity {
  requires static org.jspecify;
  requires transitive dev.atprotojava.syntax;
  requires transitive dev.atprotojava.cbor;
  requires transitive dev.atprotojava.crypto;
  requires transitive okhttp3;
  requires com.fasterxml.jackson.core;
  requires com.github.benmanes.caffeine;
  requires org.dnsjava;
  requires org.slf4j;

  exports dev.atprotojava.identity;
}
