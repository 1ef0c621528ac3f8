// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * The four multiformats that the AT Protocol uses: unsigned varints, multibase (base32 and
 * base58btc), multihash. Each is a class of static functions over bytes and text; the bytes mean
 * the same as in other implementations, and a decoder accepts exactly what its encoder writes, so
 * that every value has one form.
 *
 * <p>Start with {@link dev.atprotojava.multiformats.Multibase} for text and {@link
 * dev.atprotojava.multiformats.UnsignedVarint} for bytes. A CID, which is made of all four, is in
 * the module {@code dev.atprotojava.cbor}.
 *
 * <p>No class here has threads, clocks, files or state.
 */
@NullMarked
package dev.atprotojava.multiformats;

import org.jspecify.annotations.NullMarked;
