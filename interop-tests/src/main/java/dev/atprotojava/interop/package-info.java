// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * Whether these libraries, and whoever sends a firehose, keep to the protocol: {@code ./relay
 * interop}.
 *
 * <p>{@link dev.atprotojava.interop.Interop} is the program. Vectors begin at {@link
 * dev.atprotojava.interop.VectorClaims}, which says who answers for which file; the look at a live
 * stream is in {@code dev.atprotojava.interop.live}, vectors of our own making in {@code
 * dev.atprotojava.interop.golden}.
 */
@NullMarked
package dev.atprotojava.interop;

import org.jspecify.annotations.NullMarked;
