// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * The relay as a process that is killed: what came out before and after, against what its hosts
 * sent. {@link dev.atprotojava.interop.kill.RelayKillTest} tells the story, {@link
 * dev.atprotojava.interop.kill.EventLedger} judges.
 */
@NullMarked
package dev.atprotojava.interop.kill;

import org.jspecify.annotations.NullMarked;
