// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.kill;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.simulator.FrameBody;
import dev.atprotojava.simulator.FrameEncoder;
import dev.atprotojava.sync.EncodedFrame;
import dev.atprotojava.sync.Frame;
import dev.atprotojava.sync.FrameCodec;
import dev.atprotojava.sync.FrameException;
import dev.atprotojava.sync.RepoEvent;
import dev.atprotojava.syntax.Did;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the hosts sent, and what a consumer that resumes by its cursor was given for it. Of the
 * relay it believes nothing: an event is what it was when it was sent, byte for byte but for the
 * value of {@code seq}, found by the SHA-256 of those bytes.
 *
 * <p>Three things are asked of each message when it comes: its {@code seq} is above that of the one
 * before, whatever happened in between; it was sent, and has not been seen before; no later event
 * of its account has been seen. Thread-safe.
 */
final class EventLedger {
  private static final int MAX_TOLD = 20;

  private final Map<Bytes, Sent> sent = new HashMap<>();
  private final List<Sent> inOrder = new ArrayList<>();
  private final Map<Did, Integer> newestOfAccount = new HashMap<>();
  private final List<Seen> seen = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();
  private int violationCount;

  /** An event that a host has sent. */
  private static final class Sent {
    final int number;
    final FrameBody.Event event;
    final long upstreamSeq;
    int timesSeen;

    Sent(int number, FrameBody.Event event, long upstreamSeq) {
      this.number = number;
      this.event = event;
      this.upstreamSeq = upstreamSeq;
    }

    @Override
    public String toString() {
      String kind = event.getClass().getSimpleName();
      return kind + " of " + event.did() + ", upstream seq " + upstreamSeq;
    }
  }

  /**
   * A message as it came out.
   *
   * @param seq its number
   * @param digest SHA-256 of all its bytes
   */
  record Seen(long seq, Bytes digest) {
    /** Reads it; fails if it is no event in canonical form. */
    static Seen of(Bytes message) {
      return new Seen(event(message).seq(), sha256(message));
    }
  }

  /** Notes an event that a host is about to have. */
  EncodedFrame send(FrameBody.Event event, long upstreamSeq) {
    EncodedFrame frame = FrameEncoder.encode(event, upstreamSeq);
    Bytes digest = digestWithoutSeq(frame);
    synchronized (this) {
      Sent entry = new Sent(inOrder.size(), event, upstreamSeq);
      inOrder.add(entry);
      put(digest, entry);
      if (event instanceof FrameBody.Identity(Did did, _, String time)) {
        // A relay that does not know the claim of the DID document passes on none, and a relay that
        // has just been started knows little.
        FrameBody.Identity bare = new FrameBody.Identity(did, null, time);
        put(digestWithoutSeq(FrameEncoder.encode(bare, upstreamSeq)), entry);
      }
    }
    return frame;
  }

  private void put(Bytes digest, Sent entry) {
    if (sent.put(digest, entry) != null) {
      throw new IllegalStateException("two events are the same, so neither can be missed");
    }
  }

  /** Takes what the consumer was given. Everything that is wrong becomes a violation. */
  synchronized void receive(Bytes message) {
    try {
      accept(event(message), message);
    } catch (IllegalArgumentException notAnEvent) {
      violation(notAnEvent.toString());
    }
    notifyAll();
  }

  private void accept(RepoEvent.Sequenced event, Bytes message) {
    if (event.seq() <= lastSeq()) {
      violation("seq " + event.seq() + " comes after " + lastSeq());
    }
    Sent entry = sent.get(digestWithoutSeq(event.source()));
    String what = "seq " + event.seq() + " (" + (entry == null ? event.did() : entry) + ")";
    if (entry == null) {
      violation(what + " was not sent like this");
    } else if (++entry.timesSeen > 1) {
      violation(what + " comes for the second time");
    } else if (newestOfAccount.merge(event.did(), entry.number, Math::max) != entry.number) {
      violation(what + " comes after a later event of its account");
    }
    seen.add(new Seen(event.seq(), sha256(message)));
  }

  private void violation(String what) {
    violationCount++;
    if (violations.size() < MAX_TOLD) {
      violations.add("after " + seen.size() + " messages: " + what);
    }
  }

  /** Where the consumer resumes: behind the last message that reached it whole; 0 at first. */
  synchronized long lastSeq() {
    return seen.isEmpty() ? 0 : seen.getLast().seq();
  }

  /** How many messages the consumer was given. */
  synchronized int seenCount() {
    return seen.size();
  }

  /** How many events the hosts sent. */
  synchronized int sentCount() {
    return inOrder.size();
  }

  /** All that the consumer was given. */
  synchronized List<Seen> seen() {
    return List.copyOf(seen);
  }

  /** What was wrong, the first few of it. */
  synchronized List<String> violations() {
    List<String> all = new ArrayList<>(violations);
    if (violationCount > violations.size()) {
      all.add("and " + (violationCount - violations.size()) + " more");
    }
    return all;
  }

  /** What was sent and not seen, the first of it. */
  synchronized List<String> missing() {
    return inOrder.stream()
        .filter(entry -> entry.timesSeen == 0)
        .map(Sent::toString)
        .limit(MAX_TOLD)
        .toList();
  }

  /** Waits until the consumer was given so many messages; false if that takes too long. */
  synchronized boolean awaitSeen(int count, Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (seen.size() < count) {
      long millis = (deadline - System.nanoTime()) / 1_000_000;
      if (millis <= 0) {
        return false;
      }
      wait(millis);
    }
    return true;
  }

  private static RepoEvent.Sequenced event(Bytes message) {
    Frame frame;
    try {
      frame = new FrameCodec().decode(message);
    } catch (FrameException e) {
      throw new IllegalArgumentException("a message is no frame: " + e.getMessage(), e);
    }
    if (!(frame instanceof Frame.Message(RepoEvent.Sequenced event))
        || !event.source().canonical()) {
      throw new IllegalArgumentException("a frame is no event: " + frame);
    }
    return event;
  }

  private static Bytes digestWithoutSeq(EncodedFrame frame) {
    MessageDigest sha256 = sha256();
    Bytes bytes = frame.bytes();
    int behind = frame.seqOffset() + frame.seqLength();
    sha256.update(bytes.slice(0, frame.seqOffset()).asByteBuffer());
    sha256.update(bytes.slice(behind, bytes.length() - behind).asByteBuffer());
    return Bytes.wrap(sha256.digest());
  }

  private static Bytes sha256(Bytes bytes) {
    MessageDigest sha256 = sha256();
    sha256.update(bytes.asByteBuffer());
    return Bytes.wrap(sha256.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
