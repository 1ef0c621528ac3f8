// SPDX-License-Identifier: MIT OR Apache-2.0
/** The stream itself: from the WebSocket handshake to the consumer's session. */
@NullMarked
package dev.atprotojava.daemon.firehose;

import org.jspecify.annotations.NullMarked;
