// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.mst;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;

/**
 * A key of a tree and its value.
 *
 * @param key the bytes of a path, 1 to 1,024
 * @param value the CID of the record
 */
public record MstEntry(Bytes key, Cid value) {}
