// SPDX-License-Identifier: MIT OR Apache-2.0
import org.jspecify.annotations.NullMarked;

/** Unsigned varints, base32, base58btc and multihash, as the AT Protocol uses them. */
@NullMarked
module dev.atprotojava.multiformats {
  requires static org.jspecify;

  exports dev.atprotojava.multiformats;
}
