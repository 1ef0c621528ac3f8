// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay;

import dev.atprotojava.relay.log.LogReplay;
import dev.atprotojava.relay.log.SegmentedEventLog;
import dev.atprotojava.sync.CommitFault;
import dev.atprotojava.sync.CommitVerifier;
import dev.atprotojava.sync.Frame;
import dev.atprotojava.sync.FrameCodec;
import dev.atprotojava.sync.RepoEvent;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * What {@link Posture#ENFORCE} would have dropped of a host that was only observed (design section
 * 6): the log marks the events for which something was waived, and what that was is in the events.
 * An event with several faults counts once for each.
 */
final class WouldDrop {
  private final int hostId;
  private final CommitVerifier verifier;
  private final FrameCodec codec = new FrameCodec();
  private final Map<DropReason, Long> counts = new EnumMap<>(DropReason.class);

  WouldDrop(int hostId, RandomGenerator random) {
    this.hostId = hostId;
    this.verifier = CommitVerifier.lenient(random);
  }

  Map<DropReason, Long> run(SegmentedEventLog log, Instant since) {
    LogReplay.runSince(
        log,
        ChronoUnit.MICROS.between(Instant.EPOCH, since),
        (header, frame) -> {
          if (header.hostId() == hostId
              && header.waived()
              && !header.erased()
              && codec.decode(frame) instanceof Frame.Message(RepoEvent.Sequenced event)) {
            for (CommitFault fault : verifier.forgiven(event)) {
              counts.merge(DropReason.of(fault), 1L, Long::sum);
            }
          }
        });
    return counts;
  }
}
