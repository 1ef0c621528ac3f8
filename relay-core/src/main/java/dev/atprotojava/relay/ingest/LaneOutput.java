// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

import dev.atprotojava.relay.account.AccountRecord;

/** What leaves a lane. */
public sealed interface LaneOutput permits AcceptedEvent, Announcement {
  /** The account once this has happened. */
  AccountRecord after();

  /** The lane that it leaves. */
  int lane();

  /** How many of these the lane has let go, this one included. */
  long ordinal();
}
