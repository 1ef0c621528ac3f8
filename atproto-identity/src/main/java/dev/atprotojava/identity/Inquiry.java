// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.identity.DidResolution.Failed;
import dev.atprotojava.identity.IdentityLookup.Unavailable.Reason;
import dev.atprotojava.syntax.Did;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One question, put to each upstream in turn until one gives an answer. No thread waits for its
 * turn at a gate; one of the executor's is taken for each request.
 *
 * <p>That a DID does not exist is believed of the upstream that is asked first, and of no other: a
 * replica that stands in for it may lag, and has then not heard of the newest accounts (ID-14). To
 * put its "not found" and the silence of the first together would make "gone" out of a failure
 * (ID-04). What a stand-in has, an identity or a tombstone, the owner has signed; that counts.
 */
final class Inquiry implements RequestGate.Waiting {
  /** Is told how it goes, and once how it ends. */
  interface Asker {
    /** A request is about to be sent. */
    void asking();

    /**
     * An answer, or the failure of the last upstream that was asked.
     *
     * @param askedAtMillis before the request
     */
    void answered(DidResolution resolution, long askedAtMillis);

    /** Nobody was asked, or only to be told to come later. Says nothing about the DID. */
    void refused(Reason reason, long retryNanos);

    /** A resolver is broken. */
    void crashed(Throwable fault);
  }

  private final Did did;
  private final List<Upstream> upstreams;
  private final Wiring wiring;
  private final Asker asker;

  // Handed on from thread to thread by gates and executor.
  private int at;
  private boolean full;
  private @Nullable Failed failure;
  private long failureAskedAtMillis;

  Inquiry(Did did, List<Upstream> upstreams, Wiring wiring, Asker asker) {
    this.did = did;
    this.upstreams = upstreams;
    this.wiring = wiring;
    this.asker = asker;
  }

  void begin() {
    for (; at < upstreams.size(); at++) {
      Upstream upstream = upstreams.get(at);
      if (!upstream.admits()) {
        continue;
      }
      if (upstream.gate().submit(this)) {
        return;
      }
      full = true;
    }
    end();
  }

  @Override
  public void refuse() {
    at++;
    begin();
  }

  @Override
  public void start() {
    try {
      wiring.executor().execute(this::ask);
    } catch (RejectedExecutionException closed) {
      upstreams.get(at).gate().release();
      refused(Reason.CLOSED, 0);
    }
  }

  private void ask() {
    Upstream upstream = upstreams.get(at);
    asker.asking();
    long askedAtMillis = wiring.clock().millis();
    DidResolution resolution;
    try {
      resolution = upstream.ask(did);
    } catch (RuntimeException | Error fault) {
      asker.crashed(fault);
      return;
    } finally {
      upstream.gate().release();
    }
    switch (resolution) {
      case DidResolution.Resolved found -> asker.answered(found, askedAtMillis);
      case DidResolution.Tombstoned ended -> asker.answered(ended, askedAtMillis);
      case DidResolution.Unresolvable never -> asker.answered(never, askedAtMillis);
      case DidResolution.NotFound none -> {
        if (at == 0) {
          asker.answered(none, askedAtMillis);
          return;
        }
        upstream.doubt();
        if (failure == null) {
          goOnAfter(new Failed(Reason.DIRECTORY_DOWN, null), askedAtMillis);
        } else {
          goOnAfter(failure, failureAskedAtMillis);
        }
      }
      case Failed failed -> {
        // To be left alone is no answer, unless it is the DID's own host that wants it.
        boolean counts = failed.reason() != Reason.RATE_LIMITED || !upstream.isDirectory();
        goOnAfter(counts ? failed : failure, counts ? askedAtMillis : failureAskedAtMillis);
      }
    }
  }

  private void goOnAfter(@Nullable Failed last, long askedAtMillisThen) {
    failure = last;
    failureAskedAtMillis = askedAtMillisThen;
    at++;
    begin();
  }

  private void end() {
    if (failure != null) {
      asker.answered(failure, failureAskedAtMillis);
    } else if (full) {
      refused(Reason.TOO_MANY_REQUESTS, TimeUnit.SECONDS.toNanos(1));
    } else {
      long soonest = Long.MAX_VALUE;
      for (Upstream upstream : upstreams) {
        soonest = Math.min(soonest, upstream.nanosUntilTrial());
      }
      refused(Reason.DIRECTORY_DOWN, soonest);
    }
  }

  private void refused(Reason reason, long retryNanos) {
    wiring.counters().failed(reason);
    asker.refused(reason, retryNanos);
  }
}
