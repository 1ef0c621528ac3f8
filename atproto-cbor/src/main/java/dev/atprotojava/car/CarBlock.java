// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.car;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;

/**
 * A block and its CID.
 *
 * @param cid the CID, which the data was checked against where it came from a {@link CarReader}
 * @param data the bytes of the block
 */
public record CarBlock(Cid cid, Bytes data) {}
