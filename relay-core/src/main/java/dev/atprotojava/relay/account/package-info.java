// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * What the relay knows of accounts, and how it finds them by their DIDs.
 *
 * <p>Start with {@link dev.atprotojava.relay.account.AccountTable}, the accounts that a lane has in
 * memory.
 */
@NullMarked
package dev.atprotojava.relay.account;

import org.jspecify.annotations.NullMarked;
