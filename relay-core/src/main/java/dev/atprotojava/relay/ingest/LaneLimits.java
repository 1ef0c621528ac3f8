// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

/**
 * What one lane may keep.
 *
 * @param accountBytes of account states
 * @param keys parsed signing keys, of up to 2.3 kB each
 */
public record LaneLimits(long accountBytes, int keys) {}
