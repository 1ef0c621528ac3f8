// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.benchmarks;

import dev.atprotojava.relay.consumer.ConsumerLoop;
import dev.atprotojava.relay.consumer.ConsumerSession;
import dev.atprotojava.relay.consumer.ConsumerSink;
import dev.atprotojava.relay.consumer.Consumers;
import dev.atprotojava.relay.log.ColdReader;
import dev.atprotojava.sync.Cursor;
import dev.atprotojava.sync.client.NanoClock;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to bring an event of 2.8 kB to consumers, without the sockets: finding it in the
 * live tail, slicing it, keeping account. Times are per event for all consumers together, and hold
 * what {@link AppendBenchmark#batchOf64} costs under {@code NEVER}; what a delivery costs is the
 * difference between two numbers of consumers. The system call, which is most of it in a relay, is
 * measured by the whole-relay benchmark.
 *
 * <pre>
 *   java -cp "benchmarks/target/classes:benchmarks/target/lib/*" org.openjdk.jmh.Main DeliveryBenchmark -p fsync=NEVER
 * </pre>
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class DeliveryBenchmark {
  private static final int BATCH = 64;

  /** The thread that measures, as the thread of the sessions. */
  private static final class CallersLoop implements ConsumerLoop {
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    @Override
    public void executeAfter(Runnable task, long delayNanos) {
      if (delayNanos < TimeUnit.MILLISECONDS.toNanos(20)) { // a wake, and not the tick
        tasks.add(task);
      }
    }

    void runAll() {
      for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
        task.run();
      }
    }
  }

  /** A socket that takes everything. */
  private static final class OpenSink implements ConsumerSink {
    @Override
    public long write(ByteBuffer[] buffers, int count) {
      long bytes = 0;
      for (int i = 0; i < count; i++) {
        bytes += buffers[i].remaining();
        buffers[i].position(buffers[i].limit());
      }
      return bytes;
    }

    @Override
    public void awaitWritable() {}

    @Override
    public void close() {}
  }

  /** Consumers of one loop. */
  @State(Scope.Benchmark)
  public static class Audience {
    /** How many. */
    @Param({"1", "100", "500"})
    int consumers = 1;

    private final CallersLoop loop = new CallersLoop();
    private final List<ConsumerSession> sessions = new ArrayList<>();

    /** Lets them in. */
    @Setup
    public void open(AppendBenchmark.OpenLog target) {
      ColdReader files = new ColdReader(target.log(), loop, 1 << 20);
      Consumers all =
          new Consumers(
              target.log(), target.tail, files, InstantSource.system(), NanoClock.system());
      target.tail.addListener(all);
      for (int i = 0; i < consumers; i++) {
        Consumers.Peer peer = new Consumers.Peer("192.0.2.1", "benchmark");
        sessions.add(all.open(new Cursor.Live(), peer, new OpenSink(), loop));
      }
    }

    void deliver(long lastSeq) {
      loop.runAll();
      for (ConsumerSession session : sessions) {
        if (session.position() != lastSeq) {
          throw new IllegalStateException("not delivered");
        }
      }
    }
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void deliver(AppendBenchmark.OpenLog target, Audience audience) {
    long first = target.log().append(target.batch(BATCH));
    target.forget(BATCH);
    audience.deliver(first + BATCH - 1);
  }
}
