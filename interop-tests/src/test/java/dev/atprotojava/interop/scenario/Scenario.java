// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.scenario;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.syntax.Did;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A sequence of things that happen to a relay, and what it has to do about each. The form on disk
 * is described in {@code docs/reference/scenarios.md}.
 *
 * @param name of the file
 * @param about what it shows, in a sentence
 * @param rules of the specification, such as RL-33
 * @param now the time of day when it begins, which only {@link Step.Wait} moves
 * @param lenient true if hosts are in posture {@code observe}
 */
record Scenario(
    String name, String about, List<String> rules, Instant now, boolean lenient, List<Step> steps) {
  Scenario {
    rules = List.copyOf(rules);
    steps = List.copyOf(steps);
  }

  /** What happens. */
  sealed interface Step {
    /** The directory says this of a DID from now on: an identity, or a tombstone. */
    record Directory(Did did, @Nullable Entry entry) implements Step {}

    /** From now on a host answers this when it is asked for the status of an account. */
    record Answers(String host, Did did, boolean active, @Nullable String status) implements Step {}

    /** Time passes. */
    record Wait(long seconds) implements Step {}

    /** A host sends a message. */
    record Sends(String host, String note, Bytes message, Outcome outcome) implements Step {}

    /** The relay, asked for an account, must say this; {@code rev} is null if that is open. */
    record Holds(Did did, boolean active, @Nullable String status, @Nullable String rev)
        implements Step {}
  }

  /**
   * An identity.
   *
   * @param key as did:key; null if the document has none
   * @param pds the hostname; null if the document has none
   */
  record Entry(String handle, @Nullable String key, @Nullable String pds) {}

  /** What a relay does with a message. */
  sealed interface Outcome {
    /** It leaves byte for byte as it came but for {@code seq}. */
    record Same() implements Outcome {}

    /** These events leave, in this order, each with these fields besides {@code seq}. */
    record Emitted(List<Event> events) implements Outcome {
      public Emitted {
        events = List.copyOf(events);
      }
    }

    /** It does not leave, for this reason; these events do, which it led to. */
    record Dropped(String reason, List<Event> events) implements Outcome {
      public Dropped {
        events = List.copyOf(events);
      }
    }

    /** Nothing leaves, and nothing is wrong. */
    record Ignored() implements Outcome {}
  }

  /**
   * An event as it leaves.
   *
   * @param fields besides {@code seq}; one of null means any value
   */
  record Event(String type, CborValue.MapValue fields) {
    /** The message that came, as in {@link Outcome.Same}. */
    static final Event SAME = new Event("same", CborValue.map().build());
  }
}
