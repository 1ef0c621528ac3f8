// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.mst;

import dev.atprotojava.cid.Cid;

/** A node, or the CID of one that is not here. */
sealed interface Subtree permits Node, Subtree.Stub {
  /** A node that is known by its CID alone (MST-37). */
  record Stub(Cid cid) implements Subtree {}

  /** This as a node. */
  default Node require() {
    return switch (this) {
      case Node node -> node;
      case Stub stub -> throw new MstException(MstException.Reason.MISSING_NODE);
    };
  }
}
