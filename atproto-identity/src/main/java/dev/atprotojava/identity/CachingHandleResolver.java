// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.atprotojava.identity.HandleResolution.Failed;
import dev.atprotojava.identity.IdentityLookup.Unavailable.Reason;
import dev.atprotojava.syntax.Handle;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

/**
 * Remembers what handles say: a DID for a day, that there is none for 5 minutes, a failure for one
 * (ID-51). The lifetimes of DNS are too short to go by (ID-50).
 *
 * <p>Any number of callers who ask for one handle at a time are one question (ID-54), which one of
 * them asks while the others wait; and only so many are asked at a time. Handles, in lower case,
 * are bounded in number. Threads may share one.
 */
public final class CachingHandleResolver implements HandleResolver {
  /** How many handles are remembered. */
  public static final int MAX_HANDLES = 100_000;

  /** How many questions are asked at a time. */
  public static final int MAX_CONCURRENT = 32;

  /** How long a DID is remembered. */
  public static final Duration POSITIVE = Duration.ofHours(24);

  /** How long it is remembered that there is none. */
  public static final Duration NEGATIVE = Duration.ofMinutes(5);

  /** How long a failure is remembered. */
  public static final Duration FAILURE = Duration.ofMinutes(1);

  private final HandleResolver network;
  private final AsyncCache<Handle, HandleResolution> answers;
  private final Semaphore places = new Semaphore(MAX_CONCURRENT);

  private CachingHandleResolver(HandleResolver network, LongSupplier nanoClock) {
    this.network = network;
    this.answers =
        Caffeine.newBuilder()
            .maximumSize(MAX_HANDLES)
            .ticker(nanoClock::getAsLong)
            .executor(Runnable::run)
            .expireAfter(
                Expiry.<Handle, HandleResolution>creating((handle, told) -> lifetime(told)))
            .buildAsync();
  }

  private static Duration lifetime(HandleResolution resolution) {
    return switch (resolution) {
      case HandleResolution.Resolved resolved -> POSITIVE;
      case HandleResolution.NotFound none -> NEGATIVE;
      case HandleResolution.Ambiguous several -> NEGATIVE;
      case HandleResolution.Reserved never -> NEGATIVE;
      // Of this caller, and no matter of the handle.
      case Failed failed -> failed.reason() == Reason.INTERRUPTED ? Duration.ZERO : FAILURE;
    };
  }

  /** In front of a resolver. */
  public static CachingHandleResolver of(HandleResolver network) {
    return of(network, Ticker.systemTicker()::read);
  }

  /**
   * In front of a resolver.
   *
   * @param nanoClock never goes back
   */
  public static CachingHandleResolver of(HandleResolver network, LongSupplier nanoClock) {
    return new CachingHandleResolver(network, nanoClock);
  }

  @Override
  public HandleResolution resolve(Handle handle) {
    Handle asked = handle.normalized();
    while (true) {
      CompletableFuture<HandleResolution> mine = new CompletableFuture<>();
      CompletableFuture<HandleResolution> answer = answers.get(asked, (key, executor) -> mine);
      if (answer == mine) {
        ask(asked, mine);
      }
      HandleResolution told = await(answer);
      boolean interrupted = told.equals(new Failed(Reason.INTERRUPTED));
      if (!interrupted || Thread.currentThread().isInterrupted() || answer == mine) {
        return told;
      }
      // Another was interrupted while he asked for us.
    }
  }

  private static HandleResolution await(CompletableFuture<HandleResolution> answer) {
    try {
      return answer.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Failed(Reason.INTERRUPTED);
    } catch (ExecutionException fault) {
      throw new IllegalStateException("handle resolver failed", fault.getCause());
    }
  }

  private void ask(Handle handle, CompletableFuture<HandleResolution> answer) {
    try {
      places.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      answer.complete(new Failed(Reason.INTERRUPTED));
      return;
    }
    try {
      answer.complete(network.resolve(handle));
    } catch (RuntimeException | Error fault) {
      answer.completeExceptionally(fault);
    } finally {
      places.release();
    }
  }

  /** Forgets a handle: the next who asks is told what it says then. */
  public void forget(Handle handle) {
    answers.synchronous().invalidate(handle.normalized());
  }
}
