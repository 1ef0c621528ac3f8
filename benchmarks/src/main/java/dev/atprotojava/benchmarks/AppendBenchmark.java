// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.benchmarks;

import static java.util.Objects.requireNonNull;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborWriter;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.relay.EventKind;
import dev.atprotojava.relay.FsyncPolicy;
import dev.atprotojava.relay.LogOptions;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.DidHash;
import dev.atprotojava.relay.account.LocalStatus;
import dev.atprotojava.relay.log.DirectoryStorage;
import dev.atprotojava.relay.log.LiveTail;
import dev.atprotojava.relay.log.SegmentedEventLog;
import dev.atprotojava.relay.outbound.OutboundEvent;
import dev.atprotojava.relay.outbound.Sequencer;
import dev.atprotojava.relay.upstream.Origin;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.EncodedFrame;
import dev.atprotojava.sync.RepoState;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Tid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What one event of 2.8 kB costs in the log: laid out, written, forced if the policy says so, and
 * published to the live tail. Times are per event, whatever the batch.
 *
 * <p>{@link #one} and {@link #batchOf64} append from the thread that measures; {@link #groupCommit}
 * offers 1,024 events to the {@link Sequencer} and waits until the last is published, so that the
 * load decides how large the batches are, as in the relay.
 *
 * <p>The log is made below the working directory, which must be on the disk that is to be measured,
 * and keeps at most 512 MB there.
 *
 * <pre>
 *   java -cp "benchmarks/target/classes:benchmarks/target/lib/*" org.openjdk.jmh.Main AppendBenchmark
 * </pre>
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class AppendBenchmark {
  private static final int FRAME_BYTES = 2800;
  private static final int EVENTS = 1024;
  private static final int BATCH = 64;
  private static final long RETAIN_BYTES = 512_000_000;
  private static final long SEGMENT_BYTES = 64_000_000;
  private static final int MAX_BATCH_BYTES = 1 << 20;
  private static final long FORCE_EVENTS = 1 << 14;
  private static final long STEP_NANOS = 50_000_000;

  /** A log in a directory of its own. */
  @State(Scope.Benchmark)
  public static class OpenLog {
    /** When what was written is forced. */
    @Param({"BATCH", "NEVER"})
    FsyncPolicy fsync = FsyncPolicy.BATCH;

    final LiveTail tail = new LiveTail(64 << 20, 1 << 20);
    final List<OutboundEvent> events = events();
    private Path directory = Path.of("");
    private @Nullable DirectoryStorage storage;
    private @Nullable SegmentedEventLog log;
    private int next;
    private long unretained;

    /** Makes the log. */
    @Setup
    public void open() throws IOException {
      directory = Files.createTempDirectory(Path.of("").toAbsolutePath(), "append-benchmark-");
      storage = new DirectoryStorage(directory);
      LogOptions options =
          new LogOptions(
              fsync, SEGMENT_BYTES, Duration.ofDays(1), RETAIN_BYTES, LogOptions.LOWEST_SEQ);
      log = SegmentedEventLog.open(storage, options, 1, InstantSource.system(), tail);
    }

    /** Deletes it. */
    @TearDown
    public void close() throws IOException {
      log().close();
      requireNonNull(storage).close();
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }

    SegmentedEventLog log() {
      return requireNonNull(log);
    }

    /** The next events, in a circle. */
    List<OutboundEvent> batch(int size) {
      next = next + size & EVENTS - 1;
      return events.subList(next, next + size);
    }

    /** Keeps the directory small. For the thread that appends. */
    void forget(long appended) {
      unretained += appended;
      if (unretained > SEGMENT_BYTES / FRAME_BYTES / 2) {
        unretained = 0;
        log().retain();
      }
    }
  }

  /** A thread that appends what is offered, as the relay's does. */
  @State(Scope.Benchmark)
  public static class Sequencing {
    private final Semaphore published = new Semaphore(0);
    private volatile long awaited = Long.MAX_VALUE;
    private @Nullable Sequencer sequencer;
    private @Nullable Thread thread;

    /** Starts it. */
    @Setup
    public void start(OpenLog target) {
      target.tail.addListener(
          () -> {
            if (target.tail.lastSeq() >= awaited) {
              awaited = Long.MAX_VALUE;
              published.release();
            }
          });
      Sequencer made = new Sequencer(target.log(), (done, first) -> {}, MAX_BATCH_BYTES);
      sequencer = made;
      thread = Thread.ofPlatform().name("sequencer").start(() -> sequence(target, made));
    }

    private static void sequence(OpenLog target, Sequencer sequencer) {
      try {
        long seen = target.log().nextSeq();
        long forced = seen;
        while (sequencer.step(STEP_NANOS)) {
          long now = target.log().nextSeq();
          target.forget(now - seen);
          seen = now;
          if (now - forced > FORCE_EVENTS) { // else what is not durable would gather in memory
            forced = now;
            sequencer.force();
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /** Ends it. */
    @TearDown
    public void stop() throws InterruptedException {
      requireNonNull(sequencer).close();
      requireNonNull(thread).join();
    }

    void appendAll(OpenLog target) throws InterruptedException {
      awaited = target.log().nextSeq() + EVENTS - 1;
      target.events.forEach(requireNonNull(sequencer)::offer);
      published.acquire();
    }
  }

  /** Different frames, of which the lanes would have made events. */
  private static List<OutboundEvent> events() {
    SplittableRandom random = new SplittableRandom(1);
    Did did = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
    RepoState repo =
        new RepoState(
            Tid.ofMicros(1_717_243_200_000_000L, 1),
            Cid.ofDagCbor(new byte[] {1}),
            Cid.ofDagCbor(new byte[] {2}));
    AccountRecord after =
        new AccountRecord(
            1,
            did,
            new DidHash.Key(1, 2).hash(did),
            1,
            AccountStatus.ACTIVE,
            LocalStatus.ACTIVE,
            true,
            repo);
    List<OutboundEvent> made = new ArrayList<>();
    for (int i = 0; i < EVENTS; i++) {
      Origin origin = new From(i);
      made.add(
          new OutboundEvent(EventKind.COMMIT, frame(random), origin, after, false, i, 0, i + 1));
    }
    return made;
  }

  /** Where an event came from: nobody who wants to be told. */
  private record From(long upstreamSeq) implements Origin {
    @Override
    public int hostId() {
      return 1;
    }

    @Override
    public int epoch() {
      return 0;
    }

    @Override
    public void durable() {}
  }

  /** Bytes around a number: the log does not look at the rest. */
  private static EncodedFrame frame(SplittableRandom random) {
    byte[] frame = new byte[FRAME_BYTES - OutboundEvent.SEQ_LENGTH + 5];
    random.nextBytes(frame);
    byte[] seq = new CborWriter().writeInteger(1_000_000).toByteArray();
    System.arraycopy(seq, 0, frame, 100, seq.length);
    return new EncodedFrame(Bytes.wrap(frame), 100, seq.length, true);
  }

  /** Every event is a batch of its own: the worst that can be. */
  @Benchmark
  public long one(OpenLog target) {
    long first = target.log().append(target.batch(1));
    target.forget(1);
    return first;
  }

  /** What gathers at a few thousand events per second while the disk is busy. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public long batchOf64(OpenLog target) {
    long first = target.log().append(target.batch(BATCH));
    target.forget(BATCH);
    return first;
  }

  /** Through the sequencer, until consumers can read the last. */
  @Benchmark
  @OperationsPerInvocation(EVENTS)
  public void groupCommit(OpenLog target, Sequencing sequencing) throws InterruptedException {
    sequencing.appendAll(target);
  }
}
