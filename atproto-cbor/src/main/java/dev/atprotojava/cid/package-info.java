// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * Content identifiers: the hash of a block with two words on what it is.
 *
 * <p>Start with {@link dev.atprotojava.cid.Cid}. {@link dev.atprotojava.cid.Sha256} is the hash
 * itself, for code that hashes many blocks and wants no garbage.
 */
@NullMarked
package dev.atprotojava.cid;

import org.jspecify.annotations.NullMarked;
