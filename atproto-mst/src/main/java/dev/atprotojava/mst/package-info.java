// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * The Merkle search tree of a repository: a sorted map from paths to record CIDs whose shape, and
 * so its root, depends on nothing but its content.
 *
 * <p>Start with {@link dev.atprotojava.mst.Mst}, which is a whole tree or the part of one that came
 * with an event; {@link dev.atprotojava.mst.MstBuilder} builds one from what is sorted, and {@link
 * dev.atprotojava.mst.MstDiff} compares two. {@link dev.atprotojava.mst.MstCursor} goes through a
 * tree that is never in memory as a whole. {@code dev.atprotojava.repo} puts a signed commit on
 * top.
 *
 * <pre>
 *   height 2:              [ ─── k4 ─── ]
 *                         /               \
 *   height 1:     [ ── k2 ── ]          [ ── ]        a node without keys keeps the levels
 *                /      \                  │
 *   height 0:  [k1]    [k3]             [k5 k6]
 * </pre>
 *
 * <p>Trees are immutable; an operation returns a new tree that shares every untouched node. No
 * class here has threads, clocks, files or sockets.
 */
@NullMarked
package dev.atprotojava.mst;

import org.jspecify.annotations.NullMarked;
