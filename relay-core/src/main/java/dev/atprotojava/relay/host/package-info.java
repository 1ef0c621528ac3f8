// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * All hosts together: which there are, who may become one, and how each is doing.
 *
 * <p>Start with {@link dev.atprotojava.relay.host.Hosts}.
 */
@NullMarked
package dev.atprotojava.relay.host;

import org.jspecify.annotations.NullMarked;
