// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * Looks at the firehose of a PDS or a relay for a while and says which rules its sender keeps:
 * {@link dev.atprotojava.interop.live.LiveCheck} reads, {@link
 * dev.atprotojava.interop.live.StreamJudge} judges what concerns the stream, {@link
 * dev.atprotojava.interop.live.AccountJudge} what concerns one account, {@link
 * dev.atprotojava.interop.live.LiveRule} lists what is judged.
 */
@NullMarked
package dev.atprotojava.interop.live;

import org.jspecify.annotations.NullMarked;
