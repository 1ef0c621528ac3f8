// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.identity.HandleResolution.Failed;
import dev.atprotojava.identity.HandleResolution.Method;
import dev.atprotojava.identity.HandleResolution.NotFound;
import dev.atprotojava.identity.HandleResolution.Resolved;
import dev.atprotojava.identity.IdentityLookup.Unavailable.Reason;
import dev.atprotojava.syntax.Handle;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** ID-50, ID-51, ID-54: an answer is kept for as long as its kind deserves, and asked for once. */
class CachingHandleResolverTest {
  private static final Handle ALICE = Handle.parse("alice.example.com");
  private static final Resolved FOUND = new Resolved(DirectoryRig.ALICE, Method.DNS);
  private static final Duration MILLI = Duration.ofMillis(1);

  private final ManualTime time = new ManualTime();
  private final List<Handle> asked = new CopyOnWriteArrayList<>();
  private HandleResolver network = handle -> FOUND;
  private final CachingHandleResolver resolver =
      CachingHandleResolver.of(
          handle -> {
            asked.add(handle);
            return network.resolve(handle);
          },
          time);

  private void isKeptFor(HandleResolution resolution, Duration lifetime) {
    asked.clear();
    network = handle -> resolution;
    assertThat(resolver.resolve(ALICE)).isEqualTo(resolution);
    time.advance(lifetime.minus(MILLI));
    assertThat(resolver.resolve(ALICE)).isEqualTo(resolution);
    assertThat(asked).hasSize(1);
    time.advance(MILLI);
    network = handle -> FOUND;
    assertThat(resolver.resolve(ALICE)).isEqualTo(FOUND);
    assertThat(asked).hasSize(2);
    resolver.forget(ALICE);
  }

  @Test
  void answers_areKeptByTheirKind() {
    isKeptFor(FOUND, Duration.ofHours(24));
    isKeptFor(new NotFound(), Duration.ofMinutes(5));
    isKeptFor(new HandleResolution.Ambiguous(), Duration.ofMinutes(5));
    isKeptFor(new Failed(Reason.TIMEOUT), Duration.ofMinutes(1));
  }

  @Test
  void answers_areOfTheHandleInAnyCase() {
    resolver.resolve(ALICE);
    resolver.resolve(Handle.parse("ALICE.example.com"));

    assertThat(asked).containsExactly(ALICE);
  }

  @Test
  void forget_asksAgain() {
    resolver.resolve(ALICE);
    resolver.forget(Handle.parse("Alice.example.com"));
    resolver.resolve(ALICE);

    assertThat(asked).hasSize(2);
  }

  @Test
  void callers_ofOneHandleAreOneQuestion() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    network =
        handle -> {
          begun.countDown();
          await(goOn);
          return FOUND;
        };
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      List<CompletableFuture<HandleResolution>> answers =
          IntStream.range(0, 20)
              .mapToObj(i -> CompletableFuture.supplyAsync(() -> resolver.resolve(ALICE), threads))
              .toList();
      begun.await();
      goOn.countDown();
      assertThat(answers).allSatisfy(answer -> assertThat(answer.join()).isEqualTo(FOUND));
    }
    assertThat(asked).hasSize(1);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // One caller who goes away must not leave his failure to the next.
  @Test
  void interruption_isOfOneCaller() {
    network =
        handle -> Thread.currentThread().isInterrupted() ? new Failed(Reason.INTERRUPTED) : FOUND;
    Thread.currentThread().interrupt();
    assertThat(resolver.resolve(ALICE)).isEqualTo(new Failed(Reason.INTERRUPTED));
    assertThat(Thread.interrupted()).isTrue();

    assertThat(resolver.resolve(ALICE)).isEqualTo(FOUND);
  }

  @Test
  void resolverThatThrows_isSeenAndAskedAgain() {
    network =
        handle -> {
          throw new IllegalArgumentException("broken");
        };
    assertThatThrownBy(() -> resolver.resolve(ALICE))
        .hasCauseInstanceOf(IllegalArgumentException.class);
    network = handle -> FOUND;

    assertThat(resolver.resolve(ALICE)).isEqualTo(FOUND);
  }
}
