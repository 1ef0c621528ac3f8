// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

import dev.atprotojava.relay.DropReason;
import dev.atprotojava.relay.account.DidHash;
import dev.atprotojava.sync.RepoEvent;

/**
 * An event on its way through the relay. It ends exactly once: {@link #durable} or {@link #dropped}
 * moves its host's cursor and gives back the memory it was charged for.
 */
public final class UpstreamEvent implements Origin {
  private final HostLink host;
  private final int epoch;
  private final long ticket;
  private final RepoEvent.Sequenced event;
  private final DidHash hash;
  private final long receivedMicros;
  private final int chargedBytes;
  private final long position;
  private final boolean catchingUp;

  UpstreamEvent(
      HostLink host,
      int epoch,
      long ticket,
      RepoEvent.Sequenced event,
      DidHash hash,
      long receivedMicros,
      int chargedBytes,
      long position,
      boolean catchingUp) {
    this.host = host;
    this.epoch = epoch;
    this.ticket = ticket;
    this.event = event;
    this.hash = hash;
    this.receivedMicros = receivedMicros;
    this.chargedBytes = chargedBytes;
    this.position = position;
    this.catchingUp = catchingUp;
  }

  /** Who sent it. */
  public HostLink host() {
    return host;
  }

  /** What it says. */
  public RepoEvent.Sequenced event() {
    return event;
  }

  /** The hash of its DID. */
  public DidHash hash() {
    return hash;
  }

  /** When it came, in microseconds since the epoch. */
  public long receivedMicros() {
    return receivedMicros;
  }

  /** The number that the log would have given out next when it came. */
  public long position() {
    return position;
  }

  /** True if the host, having begun its numbers anew, was telling again what it told before. */
  public boolean isCatchingUp() {
    return catchingUp;
  }

  @Override
  public int hostId() {
    return host.id();
  }

  @Override
  public int epoch() {
    return epoch;
  }

  @Override
  public long upstreamSeq() {
    return event.seq();
  }

  @Override
  public void durable() {
    host.countEmitted();
    end();
  }

  /** The event is not passed on. */
  public void dropped(DropReason reason) {
    host.countDrop(reason);
    end();
  }

  private void end() {
    host.cursor.end(ticket);
    host.bytes.giveBack(chargedBytes);
  }
}
