// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * What survives a restart besides the log: hosts, accounts, and how much of the log they reflect.
 *
 * <p>Start with {@link dev.atprotojava.relay.store.RelayStore}. The log is the truth: the store
 * follows it lazily ({@link dev.atprotojava.relay.store.StoreWriter}), and what it has not seen yet
 * is put into it from the log at the next start ({@link
 * dev.atprotojava.relay.store.StoreRecovery}).
 */
@NullMarked
package dev.atprotojava.relay.store;

import org.jspecify.annotations.NullMarked;
