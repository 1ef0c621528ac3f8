// SPDX-License-Identifier: MIT OR Apache-2.0
import org.jspecify.annotations.NullMarked;

/** Strict DAG-CBOR (DRISL), CIDs and CAR v1. */
@NullMarked
module dev.atprotojava.cbor {
  requires static org.jspecify;
  requires com.fasterxml.jackson.core;
  requires transitive dev.atprotojava.multiformats;

  exports dev.atprotojava.car;
  exports dev.atprotojava.cbor;
  exports dev.atprotojava.cid;
}
