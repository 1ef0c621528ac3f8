// SPDX-License-Identifier: MIT OR Apache-2.0
import org.jspecify.annotations.NullMarked;

/** subscribeRepos frames and events, and the verification of a commit, without any I/O. */
@NullMarked
module dev.atprotojava.sync {
  requires static org.jspecify;
  requires transitive dev.atprotojava.cbor;
  requires transitive dev.atprotojava.crypto;
  requires transitive dev.atprotojava.mst;
  requires transitive dev.atprotojava.syntax;

  exports dev.atprotojava.sync;
}
