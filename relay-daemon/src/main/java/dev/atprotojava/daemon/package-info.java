// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * The relay as a process. {@link dev.atprotojava.daemon.Main} is where it begins; what it can be
 * told is in {@code config}, its commands are in {@code cli}, and {@code assembly} puts the rest
 * together.
 */
@NullMarked
package dev.atprotojava.daemon;

import org.jspecify.annotations.NullMarked;
