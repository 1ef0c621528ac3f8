// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

/** The next stage: takes events that a host sent in order. */
@FunctionalInterface
public interface EventSink {
  /** Takes an event, which it will end. Does not wait. */
  void submit(UpstreamEvent event);
}
