// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.identity.DidResolution.Failed;
import dev.atprotojava.identity.IdentityLookup.Unavailable.Reason;
import dev.atprotojava.syntax.Did;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where one kind of DIDs is asked for, and what it has to do with that place: limits for all, and
 * for a PLC directory a breaker with its trials. Hosts of did:web fail each for itself.
 */
final class Upstream {
  private static final Logger LOG = LoggerFactory.getLogger(Upstream.class);
  private static final int MAX_TRIAL_DIDS = 8;

  private final DidResolver resolver;
  private final RequestGate gate;
  private final @Nullable CircuitBreaker breaker;
  private final Wiring wiring;
  private final Runnable onRecovery;

  private final LongAdder requests = new LongAdder();
  private final LongAdder found = new LongAdder();
  private final LongAdder absent = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder doubted = new LongAdder();

  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Did> trialDids = new ArrayDeque<>(); // owned by the lock
  private volatile boolean closed;

  private Upstream(
      DidResolver resolver,
      RequestLimits limits,
      @Nullable CircuitBreaker breaker,
      Wiring wiring,
      Runnable onRecovery) {
    this.resolver = resolver;
    this.gate = new RequestGate(limits, wiring.nanoClock(), wiring.timer());
    this.breaker = breaker;
    this.wiring = wiring;
    this.onRecovery = onRecovery;
  }

  /** All hosts of did:web. */
  static Upstream ofHosts(DidResolver resolver, RequestLimits limits, Wiring wiring) {
    return new Upstream(resolver, limits, null, wiring, () -> {});
  }

  /**
   * A PLC directory.
   *
   * @param onRecovery runs each time that it answers again
   */
  static Upstream ofDirectory(
      DidResolver resolver, RequestLimits limits, Wiring wiring, Runnable onRecovery) {
    CircuitBreaker breaker = new CircuitBreaker(wiring.nanoClock(), wiring.random());
    return new Upstream(resolver, limits, breaker, wiring, onRecovery);
  }

  DidResolution.@Nullable Unresolvable refusal(Did did) {
    return resolver.refusal(did);
  }

  RequestGate gate() {
    return gate;
  }

  /** Whether requests make sense now. */
  boolean admits() {
    return breaker == null || breaker.admits();
  }

  DirectoryState state() {
    return breaker == null ? DirectoryState.CLOSED : breaker.state();
  }

  /** An absence that this place told was not believed. */
  void doubt() {
    doubted.increment();
  }

  EndpointCounters counters() {
    return new EndpointCounters(
        resolver.toString(),
        state(),
        requests.sum(),
        found.sum(),
        absent.sum(),
        failed.sum(),
        doubted.sum(),
        gate.queued());
  }

  /** Until it is found out whether the directory is back. */
  long nanosUntilTrial() {
    return breaker == null ? 0 : breaker.nanosUntilTrial();
  }

  /** Whether a request to slow down is about all of this, and not about the one DID. */
  boolean isDirectory() {
    return breaker != null;
  }

  /** One request. Blocks. */
  DidResolution ask(Did did) {
    wiring.counters().requests.increment();
    requests.increment();
    DidResolution resolution;
    try {
      resolution = resolver.resolve(did);
    } catch (RuntimeException | Error fault) {
      heedFailure(did, new Failed(Reason.UNREACHABLE, null));
      throw fault;
    }
    switch (resolution) {
      case DidResolution.Resolved resolved -> {
        wiring.counters().found.increment();
        found.increment();
        heedSuccess();
      }
      case DidResolution.NotFound none -> {
        wiring.counters().absent.increment();
        absent.increment();
        heedSuccess();
      }
      case DidResolution.Tombstoned none -> {
        wiring.counters().absent.increment();
        absent.increment();
        heedSuccess();
      }
      case DidResolution.Unresolvable never -> {}
      case Failed failure -> heedFailure(did, failure);
    }
    return resolution;
  }

  private void heedSuccess() {
    if (breaker != null) {
      react(breaker.succeeded());
    }
  }

  private void heedFailure(Did did, Failed failure) {
    wiring.counters().failed(failure.reason());
    failed.increment();
    boolean ours = failure.reason() == Reason.INTERRUPTED || failure.reason() == Reason.CLOSED;
    if (breaker != null && !ours) {
      rememberForTrial(did);
      react(
          failure.reason() == Reason.RATE_LIMITED
              ? breaker.limited(failure.retryAfter())
              : breaker.failed());
    }
  }

  private void react(CircuitBreaker.Change change) {
    switch (change) {
      case NONE -> {}
      case OPENED -> {
        LOG.warn("directory not asked for now directory={}", resolver);
        scheduleTrial();
        gate.clear();
      }
      case CLOSED -> {
        LOG.info("directory answers again directory={}", resolver);
        onRecovery.run();
      }
    }
  }

  private void scheduleTrial() {
    wiring.timer().schedule(nanosUntilTrial(), this::trial);
  }

  private void trial() {
    if (breaker == null || closed) {
      return;
    }
    if (!breaker.beginTrial()) {
      if (breaker.state() == DirectoryState.OPEN) {
        scheduleTrial(); // the timer was early, or the pause became longer
      }
      return;
    }
    try {
      wiring.executor().execute(() -> makeTrial(breaker));
    } catch (RejectedExecutionException full) {
      react(breaker.failed());
    }
  }

  private void makeTrial(CircuitBreaker open) {
    try {
      ask(nextTrialDid());
    } finally {
      // A trial has a result, or there would be no other.
      if (open.state() == DirectoryState.HALF_OPEN) {
        react(open.failed());
      }
    }
  }

  /** Makes no more trials, and refuses whoever waits. */
  void close() {
    closed = true;
    gate.clear();
  }

  private void rememberForTrial(Did did) {
    lock.lock();
    try {
      if (trialDids.size() == MAX_TRIAL_DIDS) {
        trialDids.remove();
      }
      trialDids.add(did);
    } finally {
      lock.unlock();
    }
  }

  /** In turn, so that one DID on which a directory stumbles does not decide. */
  private Did nextTrialDid() {
    lock.lock();
    try {
      Did did = trialDids.remove(); // a breaker opens only after a DID has failed
      trialDids.add(did);
      return did;
    } finally {
      lock.unlock();
    }
  }
}
