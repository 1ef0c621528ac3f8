// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * The endpoints of {@code com.atproto.sync} that a relay has (RL-06), one class each, and what a
 * stranger sees at {@code /} and {@code /xrpc/_health}. {@code subscribeRepos} is in {@link
 * dev.atprotojava.daemon.firehose}.
 *
 * <p>Names of errors are those of the Lexicons; {@code InvalidRequest} where they have none.
 */
@NullMarked
package dev.atprotojava.daemon.xrpc;

import org.jspecify.annotations.NullMarked;
