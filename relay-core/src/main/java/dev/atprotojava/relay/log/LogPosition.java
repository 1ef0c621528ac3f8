// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

/**
 * The beginning of a chunk.
 *
 * @param segment the first seq of its segment
 * @param offset where it begins in the file
 */
record LogPosition(long segment, long offset) {}
