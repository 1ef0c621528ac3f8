// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import dev.atprotojava.sync.HostStatus;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a relay says of a host: {@code listHosts} and {@code getHostStatus}.
 *
 * @param hostname a bare name, perhaps with a port; written by others, and not checked (SC-A3)
 * @param status null if it is missing, or a word that we do not know
 * @param seq the last number that the relay had of the host
 * @param accountCount how many accounts the host has
 */
public record ListedHost(
    String hostname, @Nullable HostStatus status, OptionalLong seq, OptionalLong accountCount) {}
