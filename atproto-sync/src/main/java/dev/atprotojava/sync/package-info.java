// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * What travels on {@code com.atproto.sync.subscribeRepos}, and whether it is true.
 *
 * <p>{@link dev.atprotojava.sync.FrameCodec} turns a WebSocket message into a {@link
 * dev.atprotojava.sync.Frame} with a {@link dev.atprotojava.sync.RepoEvent} in it; {@link
 * dev.atprotojava.sync.CommitVerifier} judges a {@code #commit} or {@code #sync} from its bytes,
 * the account's key and what is remembered of the account ({@link dev.atprotojava.sync.RepoState}).
 *
 * <p>{@link dev.atprotojava.sync.AccountChain} is for whoever keeps copies of repositories: it says
 * what to do about each verdict, and when a repository must be fetched again.
 *
 * <p>Everything here is a function of its arguments: no threads, clocks, files or sockets. Sockets
 * are in {@code dev.atprotojava.sync.client}.
 */
@NullMarked
package dev.atprotojava.sync;

import org.jspecify.annotations.NullMarked;
