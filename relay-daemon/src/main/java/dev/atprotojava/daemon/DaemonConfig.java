// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon;

import dev.atprotojava.relay.RelayConfig;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;

/**
 * What the daemon is told, by flags and environment.
 *
 * @param api where HTTP and the stream are served
 * @param metrics where metrics are served
 * @param plcDirectories the PLC directories to ask, the preferred first
 * @param adminPasswords what an administrator may give
 * @param relay the relay's own part
 */
record DaemonConfig(
    InetSocketAddress api,
    InetSocketAddress metrics,
    List<URI> plcDirectories,
    List<String> adminPasswords,
    RelayConfig relay) {}
