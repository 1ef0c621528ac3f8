// SPDX-License-Identifier: MIT OR Apache-2.0
/** Copies of a relay's data, made while it runs, and relays made of them. */
@NullMarked
package dev.atprotojava.relay.backup;

import org.jspecify.annotations.NullMarked;
