// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * The relay as a process.
 *
 * <p>{@link dev.atprotojava.daemon.Main} is the command line, {@link
 * dev.atprotojava.daemon.DaemonConfig} what it reads from flags and environment, {@link
 * dev.atprotojava.daemon.DaemonWiring} all construction from top to bottom.
 */
@NullMarked
package dev.atprotojava.daemon;

import org.jspecify.annotations.NullMarked;
