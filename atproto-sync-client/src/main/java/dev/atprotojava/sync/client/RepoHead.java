// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import dev.atprotojava.cid.Cid;
import dev.atprotojava.syntax.Tid;

/**
 * The newest commit of a repository, as a server says without proof: {@code getLatestCommit}.
 *
 * @param cid the commit's CID
 * @param rev its revision
 */
public record RepoHead(Cid cid, Tid rev) {}
