// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.relay.DropReason;
import dev.atprotojava.relay.TestAccount;
import dev.atprotojava.sync.Frame;
import dev.atprotojava.sync.FrameCodec;
import dev.atprotojava.sync.RepoEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A host without a connection: makes its frames into events, and knows how they ended. */
public final class TestHost {
  private final HostLink link;
  private long position = 1;
  private final List<DropReason> drops = Collections.synchronizedList(new ArrayList<>());

  /** A host whose every check counts. */
  public TestHost(int id, String hostname) {
    this(id, hostname, false);
  }

  public TestHost(int id, String hostname, boolean observe) {
    link =
        new HostLink(
            id,
            hostname,
            true,
            observe,
            new HostCursor(0, 0),
            new ByteLedger(1L << 40, 1L << 40).share(),
            new long[0],
            0,
            new PostureRatchet(null),
            drops::add,
            () -> 0);
  }

  /** The event of a frame that the host sends now. */
  public UpstreamEvent send(Bytes frame) {
    if (!(new FrameCodec().decode(frame) instanceof Frame.Message(RepoEvent.Sequenced event))) {
      throw new IllegalArgumentException("no event");
    }
    try {
      link.bytes.take(frame.length());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return new UpstreamEvent(
        link,
        link.cursor.epoch(),
        link.cursor.begin(event.seq(), 1),
        event,
        TestAccount.HASH_KEY.hash(event.did()),
        0,
        frame.length(),
        position,
        link.isCatchingUp(0));
  }

  /** Where the log is from now on, when an event comes. */
  public void logAt(long nextSeq) {
    position = nextSeq;
  }

  /** Events were missing, here. */
  public void gap() {
    link.gapAt(position);
  }

  /** The operator refuses the host, or no more. */
  public void banned(boolean banned) {
    link.banned(banned);
  }

  /** The host begins its numbers anew. */
  public void restarts() {
    link.catchUp.begin();
  }

  /** It has told what it told before. */
  public void caughtUp() {
    link.catchUp.end();
  }

  /** Why events were dropped, in the order in which they were. */
  public List<DropReason> drops() {
    return List.copyOf(drops);
  }

  /** How many events have not ended. */
  public long underWay() {
    return link.cursor.underWay();
  }

  /** How many bytes they were charged. */
  public long chargedBytes() {
    return link.bytes.used();
  }

  public HostLink link() {
    return link;
  }
}
