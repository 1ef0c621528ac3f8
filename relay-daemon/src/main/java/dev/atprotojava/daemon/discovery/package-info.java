// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * Hosts that nobody asked for: found in other relays' lists, in a file, and in identities.
 *
 * <p>Start with {@link dev.atprotojava.daemon.discovery.HostDiscovery}.
 */
@NullMarked
package dev.atprotojava.daemon.discovery;

import org.jspecify.annotations.NullMarked;
