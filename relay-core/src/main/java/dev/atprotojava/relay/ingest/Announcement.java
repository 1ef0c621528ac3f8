// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

import dev.atprotojava.relay.EventKind;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.syntax.Handle;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the relay itself says of an account: an {@code #account} or {@code #identity} that no host
 * sent.
 *
 * @param kind one of these two
 * @param handle of {@code #identity}: the handle of the account, if it has one
 * @param at when it is said
 */
public record Announcement(
    EventKind kind,
    AccountRecord after,
    @Nullable Handle handle,
    Instant at,
    int lane,
    long ordinal)
    implements LaneOutput {}
