// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.benchmarks;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.simulator.FrameEncoder;
import dev.atprotojava.simulator.NetworkShape;
import dev.atprotojava.simulator.SimulatedAccount;
import dev.atprotojava.simulator.SimulatedCommit;
import dev.atprotojava.simulator.SimulatedNetwork;
import dev.atprotojava.simulator.SimulatedTraffic;
import dev.atprotojava.simulator.VirtualClock;
import dev.atprotojava.sync.CommitVerdict;
import dev.atprotojava.sync.RepoEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to verify a {@code #commit}, step upon step: each benchmark does what the one
 * before it does, and more. {@link #decode} makes an event of the message; {@link #blocks} also
 * reads its CAR and checks every block against its CID; {@link #inversion} also undoes the
 * operations and compares the root; {@link #verify} is all that a relay checks, with a parsed key.
 *
 * <p>Every call takes the next of 4,000 commits of 200 accounts, a fifth of them with P-256 keys,
 * whose repositories hold 300 records each.
 *
 * <pre>
 *   java -cp "benchmarks/target/classes:benchmarks/target/lib/*" org.openjdk.jmh.Main CommitBenchmark -prof gc
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class CommitBenchmark {
  private static final int ACCOUNTS = 200;
  private static final int RECORDS = 300;
  private static final int COMMITS = 4000;

  private record Sample(Bytes message, PublicKey key) {}

  private final List<Sample> samples = new ArrayList<>();
  private final Instant now;
  private final CommitSteps steps = new CommitSteps();
  private int next;

  /** Makes the commits. */
  public CommitBenchmark() {
    VirtualClock clock = new VirtualClock(Instant.parse("2026-03-01T12:00:00Z"));
    SimulatedNetwork network = new SimulatedNetwork(NetworkShape.of(1, 1, ACCOUNTS), clock);
    SimulatedTraffic people = new SimulatedTraffic(network, 2);
    for (int i = 0; i < ACCOUNTS; i++) {
      people.furnish(network.account(i), RECORDS);
    }
    long bytes = 0;
    while (samples.size() < COMMITS) {
      clock.advance(Duration.ofMillis(10));
      SimulatedAccount account = people.next().account();
      SimulatedCommit commit = account.head();
      if (commit != null && commit.prevData() != null && !commit.ops().isEmpty()) {
        Bytes message = FrameEncoder.encode(commit.toCommit(), samples.size() + 1).bytes();
        samples.add(new Sample(message, account.publicKey()));
        bytes += message.length();
      }
    }
    now = clock.instant();
    System.out.println("commits of " + bytes / COMMITS + " bytes on average");
  }

  private Sample sample() {
    next = next + 1 == samples.size() ? 0 : next + 1;
    return samples.get(next);
  }

  @Benchmark
  public RepoEvent.CommitEvent decode() {
    return steps.decode(sample().message);
  }

  @Benchmark
  public Cid blocks() {
    return steps.blocks(sample().message);
  }

  @Benchmark
  public Cid inversion() {
    return steps.inversion(sample().message);
  }

  @Benchmark
  public CommitVerdict verify() {
    Sample sample = sample();
    return steps.verify(sample.message, sample.key, now);
  }
}
