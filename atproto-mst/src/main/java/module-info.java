// SPDX-License-Identifier: MIT OR Apache-2.0
import org.jspecify.annotations.NullMarked;

/** Merkle search trees whole and partial, signed commits, proofs, streaming repositories. */
@NullMarked
module dev.atprotojava.mst {
  requires static org.jspecify;
  requires transitive dev.atprotojava.cbor;
  requires transitive dev.atprotojava.syntax;

  exports dev.atprotojava.mst;
  exports dev.atprotojava.repo;
}
