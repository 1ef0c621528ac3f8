// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.upstream.UpstreamEvent;
import org.jspecify.annotations.Nullable;

/**
 * An event that a lane lets pass.
 *
 * @param upstream the event, and where it came from
 * @param after the account once the event has happened
 * @param claimedHandle of {@code #identity}: the handle that the account's document claims, if that
 *     is known
 * @param waived true if it passes though a check failed
 * @param lane the lane that accepted it
 * @param ordinal how many events that lane has accepted, this one included
 */
public record AcceptedEvent(
    UpstreamEvent upstream,
    AccountRecord after,
    @Nullable String claimedHandle,
    boolean waived,
    int lane,
    long ordinal)
    implements LaneOutput {}
