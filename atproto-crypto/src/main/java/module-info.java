// SPDX-License-Identifier: MIT OR Apache-2.0
import org.jspecify.annotations.NullMarked;

/** P-256 and K-256 keys, did:key and Multikey, low-S signatures. */
@NullMarked
module dev.atprotojava.crypto {
  requires static org.jspecify;
  requires dev.atprotojava.multiformats;
  requires org.bouncycastle.provider;

  exports dev.atprotojava.crypto;
}
