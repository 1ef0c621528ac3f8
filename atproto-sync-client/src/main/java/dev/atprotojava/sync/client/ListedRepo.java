// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import dev.atprotojava.cid.Cid;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Tid;

/**
 * A row of {@code listRepos}: what a server says of one of its accounts, without proof.
 *
 * @param head the CID of the newest commit
 * @param rev its revision
 */
public record ListedRepo(Did did, Cid head, Tid rev, AccountStatus status) {}
