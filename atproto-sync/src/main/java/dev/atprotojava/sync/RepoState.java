// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

import dev.atprotojava.cid.Cid;
import dev.atprotojava.syntax.Tid;

/**
 * What must be remembered of a repository to judge its next event (SC-60).
 *
 * @param rev the revision of the last accepted event
 * @param data the root of its tree
 * @param commit the CID of its commit
 */
public record RepoState(Tid rev, Cid data, Cid commit) {}
