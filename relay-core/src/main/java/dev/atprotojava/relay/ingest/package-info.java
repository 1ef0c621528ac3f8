// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * Stages 4 to 6 of a frame: in the order of its account, is it true and may it pass?
 *
 * <p>{@link dev.atprotojava.relay.ingest.AccountLanes} puts each event into the lane of its
 * account; {@link dev.atprotojava.relay.ingest.Lane} is the state machine that owns the accounts of
 * a lane; {@link dev.atprotojava.relay.ingest.AccountGate} and {@link
 * dev.atprotojava.relay.ingest.EventVerifier} decide. A lane never waits: an event that needs
 * something from a disk or the network is parked, and others of other accounts go on.
 */
@NullMarked
package dev.atprotojava.relay.ingest;

import org.jspecify.annotations.NullMarked;
