// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * CAR version 1: blocks with their CIDs, one behind the other, in a byte array.
 *
 * <p>Start with {@link dev.atprotojava.car.CarReader}, which goes through the blocks and checks
 * each against its hash. {@link dev.atprotojava.car.BlockIndex} finds a block by its CID; {@link
 * dev.atprotojava.car.CarWriter} is the other direction.
 */
@NullMarked
package dev.atprotojava.car;

import org.jspecify.annotations.NullMarked;
