// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.mst;

import dev.atprotojava.cid.Sha256;

/**
 * The buffers that reading and hashing trees needs. A worker that handles many trees makes one and
 * hands it to each; not thread-safe.
 */
public final class MstWorkspace {
  final NodeCodec codec;

  public MstWorkspace() {
    this(new Sha256());
  }

  /** A workspace that hashes with {@code sha256}. */
  public MstWorkspace(Sha256 sha256) {
    codec = new NodeCodec(sha256);
  }
}
