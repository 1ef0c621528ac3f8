// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import static dev.atprotojava.identity.LocalServer.ok;
import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.identity.IdentityLookup.Found;
import dev.atprotojava.identity.IdentityLookup.Unavailable;
import dev.atprotojava.identity.IdentityLookup.Unavailable.Reason;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Handle;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** With real threads, and where it matters over real sockets. */
class DirectoryConcurrencyTest {
  private final LocalServer server = new LocalServer();
  private final HttpFetcher http = HttpFetcher.builder().policy(AddressPolicy.dev()).build();
  private final CachingDirectory directory =
      CachingDirectory.builder(
              List.of(PlcResolver.of(http, server.url(), AddressPolicy.publicOnly())),
              WebDidResolver.of(http))
          .plcLimits(new RequestLimits(16, 1_000_000, 100_000))
          .build();

  @AfterEach
  void close() {
    directory.close();
    http.close();
    server.close();
  }

  private static LocalServer.Answer documents() {
    return (request, to) ->
        ok(SampleDocument.of(Did.parse(request.path().substring(1))).json()).give(request, to);
  }

  // ID-54: a popular account whose entry runs out would else be a burst of requests.
  @Test
  void lookup_ofAThousandCallersIsOneRequest() throws InterruptedException {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    server.answer(
        (request, to) -> {
          asked.countDown();
          await(go);
          documents().give(request, to);
        });
    ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
    List<Future<IdentityLookup>> blocking = new ArrayList<>();
    List<CompletableFuture<IdentityLookup>> waiting = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      blocking.add(callers.submit(() -> directory.lookup(DirectoryRig.ALICE)));
      waiting.add(directory.lookupAsync(DirectoryRig.ALICE));
    }
    asked.await();
    go.countDown();

    assertThat(blocking).allSatisfy(lookup -> assertThat(lookup.get()).isInstanceOf(Found.class));
    assertThat(waiting).allSatisfy(lookup -> assertThat(lookup.get()).isInstanceOf(Found.class));
    assertThat(server.requests()).hasSize(1);
    callers.shutdown();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // A cold start: nothing is lost between gate, threads and connections.
  @Test
  void lookup_ofManyDidsFindsEachItsOwn() {
    server.answer(documents());
    List<CompletableFuture<IdentityLookup>> lookups = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      lookups.add(directory.lookupAsync(DirectoryRig.did(i)));
    }
    for (int i = 0; i < 3_000; i++) {
      assertThat(((Found) lookups.get(i).join()).identity().did()).isEqualTo(DirectoryRig.did(i));
    }
    assertThat(server.requests()).hasSize(3_000);
    assertThat(server.connections()).isLessThanOrEqualTo(16);
    assertThat(directory.counters().requests()).isEqualTo(3_000);
    assertThat(directory.counters().queued()).isZero();
  }

  // The directory hangs for some: their threads and turns come back with the time limit.
  @Test
  void lookup_ofADirectoryThatHangsEnds() {
    server.answer(server.silence());
    try (HttpFetcher hasty =
            HttpFetcher.builder()
                .policy(AddressPolicy.dev())
                .requestTimeout(Duration.ofMillis(200))
                .build();
        CachingDirectory hanging =
            CachingDirectory.builder(
                    List.of(PlcResolver.of(hasty, server.url())), WebDidResolver.of(hasty))
                .plcLimits(new RequestLimits(4, 1_000, 1_000))
                .build()) {
      List<CompletableFuture<IdentityLookup>> lookups = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        lookups.add(hanging.lookupAsync(DirectoryRig.did(i)));
      }
      List<Reason> reasons =
          lookups.stream().map(lookup -> ((Unavailable) lookup.join()).reason()).toList();

      // Eight requests of 4 at a time to see that it hangs, and nobody waits for the rest.
      assertThat(reasons).contains(Reason.TIMEOUT, Reason.DIRECTORY_DOWN);
      assertThat(reasons).containsOnly(Reason.TIMEOUT, Reason.DIRECTORY_DOWN);
      assertThat(hanging.directoryAvailable()).isFalse();
      assertThat(hanging.counters().requests()).isLessThanOrEqualTo(13);
    }
  }

  // A thread that is interrupted in the HTTP client must not take a caller with it, or a turn.
  @Test
  void close_endsRequestsThatAreUnderWay() throws InterruptedException {
    CountDownLatch asked = new CountDownLatch(1);
    server.answer(
        (request, to) -> {
          asked.countDown();
          server.silence().give(request, to);
        });
    CompletableFuture<IdentityLookup> sent = directory.lookupAsync(DirectoryRig.ALICE);
    asked.await();
    List<CompletableFuture<IdentityLookup>> lookups = new ArrayList<>(List.of(sent));
    for (int i = 0; i < 100; i++) {
      lookups.add(directory.lookupAsync(DirectoryRig.did(i)));
    }

    directory.close();

    assertThat(lookups)
        .allSatisfy(
            lookup -> assertThat(((Unavailable) lookup.join()).reason()).isEqualTo(Reason.CLOSED));
    assertThat(directory.directoryAvailable()).isTrue();
  }

  /**
   * Whoever marks a DID and then looks it up sees what was there when he marked it, or later,
   * whatever others do meanwhile. A mark that is lost between a result and its place in memory
   * shows here, and nowhere else.
   */
  @Test
  @SuppressWarnings("ThreadPriorityCheck") // the yield makes the race likely; nothing relies on it
  void markStale_isNeverLost() throws InterruptedException, ExecutionException {
    int dids = 3;
    AtomicIntegerArray versions = new AtomicIntegerArray(dids);
    DidResolver world =
        did -> {
          int version = versions.get(index(did));
          Thread.yield(); // the answer is on its way
          SampleDocument document =
              SampleDocument.of(did).withNames("[\"at://v" + version + ".example.com\"]");
          return new DidResolution.Resolved(
              DidDocument.parse(did, document.bytes(), AddressPolicy.publicOnly()));
        };
    try (CachingDirectory racing =
        CachingDirectory.builder(List.of(world), world)
            .plcLimits(new RequestLimits(64, 1_000_000, 100_000))
            .lifetimes(withoutIntervals())
            .build()) {
      ExecutorService threads = Executors.newFixedThreadPool(4);
      List<Future<?>> runs = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        int seed = t;
        runs.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 3_000; i++) {
                    int n = (i * 7 + seed) % dids;
                    Did did = DirectoryRig.did(n);
                    if (i % 3 == 0) {
                      int version = versions.incrementAndGet(n);
                      racing.markStale(did);
                      assertThat(version(racing.lookup(did))).isGreaterThanOrEqualTo(version);
                    } else if (i % 3 == 1) {
                      racing.refresh(did);
                    } else {
                      racing.lookup(did);
                    }
                  }
                }));
      }
      for (Future<?> run : runs) {
        run.get();
      }
      threads.shutdown();
      assertThat(racing.counters().requests()).isGreaterThan(3_000);
    }
  }

  /**
   * The same for an answer that was found in memory: it is for those who came before the mark. The
   * clock is read between the look into memory and its use, which is where the mark comes in.
   */
  @Test
  void markStale_whileAnAnswerFromMemoryIsTold_isNotLost() throws Exception {
    AtomicIntegerArray versions = new AtomicIntegerArray(1);
    Did did = DirectoryRig.did(0);
    DidResolver world =
        asked ->
            new DidResolution.Resolved(
                DidDocument.parse(
                    asked,
                    SampleDocument.of(asked)
                        .withNames("[\"at://v" + versions.get(0) + ".example.com\"]")
                        .bytes(),
                    AddressPolicy.publicOnly()));
    Deque<Runnable> hooks = new ArrayDeque<>();
    Thread here = Thread.currentThread();
    InstantSource clock =
        () -> {
          Runnable hook = Thread.currentThread() == here ? hooks.poll() : null;
          if (hook != null) {
            besides(hook);
          }
          return Instant.EPOCH.plusSeconds(1_000_000);
        };
    try (CachingDirectory racing =
        CachingDirectory.builder(List.of(world), world)
            .lifetimes(withoutIntervals())
            .clock(clock, System::nanoTime)
            .build()) {
      racing.lookup(did);
      racing.markStale(did);
      CompletableFuture<IdentityLookup> later = new CompletableFuture<>();
      // After the first look the DID is looked up by somebody else, so that the second finds it.
      hooks.add(() -> racing.lookup(did));
      hooks.add(
          () -> {
            versions.incrementAndGet(0);
            racing.markStale(did);
            Future<?> unused = racing.lookupAsync(did).thenAccept(later::complete);
          });

      racing.lookup(did);

      assertThat(hooks).isEmpty();
      assertThat(version(later.get(10, TimeUnit.SECONDS))).isEqualTo(1);
    }
  }

  /**
   * Runs something in a thread of its own until it is done, or waits for a lock of the caller's.
   */
  private static void besides(Runnable task) {
    Thread thread = Thread.ofPlatform().daemon().start(task);
    while (thread.isAlive() && !isParkedInFlight(thread)) {
      Thread.onSpinWait();
    }
  }

  private static boolean isParkedInFlight(Thread thread) {
    return thread.getState() == Thread.State.WAITING
        && Arrays.stream(thread.getStackTrace())
            .anyMatch(frame -> frame.getClassName().equals(Flight.class.getName()));
  }

  private static Lifetimes withoutIntervals() {
    Lifetimes d = Lifetimes.defaults();
    return new Lifetimes(
        d.soft(),
        d.hard(),
        d.onError(),
        d.negative(),
        d.retryFirst(),
        d.retryLongest(),
        Duration.ZERO,
        Duration.ZERO);
  }

  private static int index(Did did) {
    for (int i = 0; i < 3; i++) {
      if (did.equals(DirectoryRig.did(i))) {
        return i;
      }
    }
    throw new AssertionError(did);
  }

  private static int version(IdentityLookup lookup) {
    Handle handle = Objects.requireNonNull(((Found) lookup).identity().handle());
    String text = handle.toString();
    return Integer.parseInt(text.substring(1, text.indexOf('.')));
  }
}
