// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * CAR version 1: blocks with their CIDs, one behind the other (CAR-01).
 *
 * <p>Start with {@link dev.atprotojava.car.CarReader} for a file in memory, such as the slice of a
 * commit, and with {@link dev.atprotojava.car.CarStream} for one that comes from a stream or
 * channel, such as a repository: both go through the blocks and check each against its hash. {@link
 * dev.atprotojava.car.BlockIndex} finds a block by its CID. {@link dev.atprotojava.car.CarWriter}
 * and {@link dev.atprotojava.car.CarStreamWriter} are the other direction.
 *
 * <p>What a file is for, which of its roots counts, which of its blocks are wanted and which may be
 * kept is the business of those who read it (CAR-05, CAR-10, CAR-13, CAR-14).
 */
@NullMarked
package dev.atprotojava.car;

import org.jspecify.annotations.NullMarked;
