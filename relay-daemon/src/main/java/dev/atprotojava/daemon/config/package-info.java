// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * What the operator says, by flags, environment, {@code .env} and a file.
 *
 * <p>{@link dev.atprotojava.daemon.config.Setting} lists everything that can be said, {@link
 * dev.atprotojava.daemon.config.Settings} is what was said, {@link
 * dev.atprotojava.daemon.config.DaemonConfig} what follows from it.
 */
@NullMarked
package dev.atprotojava.daemon.config;

import org.jspecify.annotations.NullMarked;
