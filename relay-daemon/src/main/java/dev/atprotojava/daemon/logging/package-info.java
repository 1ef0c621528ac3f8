// SPDX-License-Identifier: MIT OR Apache-2.0
/** The log of the process, and how much it says. */
@NullMarked
package dev.atprotojava.daemon.logging;

import org.jspecify.annotations.NullMarked;
