// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * The whole daemon put together: {@link dev.atprotojava.daemon.assembly.Daemon} is what runs,
 * {@code DaemonWiring} all construction from top to bottom, {@code ShutdownSequence} the way out.
 */
@NullMarked
package dev.atprotojava.daemon.assembly;

import org.jspecify.annotations.NullMarked;
