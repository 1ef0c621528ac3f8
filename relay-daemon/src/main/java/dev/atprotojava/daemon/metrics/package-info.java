// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * What the relay counts, for Prometheus. The names are promises: {@code docs/reference/metrics.md}
 * lists them all, and a test compares it. Labels are enums of ours or of the protocol; nothing that
 * a peer can choose becomes one.
 */
@NullMarked
package dev.atprotojava.daemon.metrics;

import org.jspecify.annotations.NullMarked;
