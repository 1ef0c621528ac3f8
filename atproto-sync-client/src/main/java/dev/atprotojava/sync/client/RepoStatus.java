// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Tid;
import org.jspecify.annotations.Nullable;

/**
 * What a server says of an account: {@code getRepoStatus}.
 *
 * @param rev the newest revision, if the account is active and the server tells
 */
public record RepoStatus(Did did, AccountStatus status, @Nullable Tid rev) {}
