// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.benchmarks;

import dev.atprotojava.cid.Cid;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.mst.MstBuilder;
import dev.atprotojava.mst.MstDiff;
import dev.atprotojava.mst.MstEntry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
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
 * What a tree of 100,000 records costs, in milliseconds: built at once and its root computed, from
 * entries in the order of their keys ({@link #sorted}) or in any ({@link #shuffled}); built key by
 * key ({@link #inserted}); and compared to one that differs in 10 records ({@link #diff}).
 *
 * <pre>
 *   java -cp "benchmarks/target/classes:benchmarks/target/lib/*" org.openjdk.jmh.Main TreeBenchmark -prof gc
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class TreeBenchmark {
  private static final int CHANGES = 10;

  private final List<MstEntry> sorted = TreeEntries.sorted();
  private final List<MstEntry> shuffled;
  private final Mst before;
  private final Mst after;

  /** Makes the trees. */
  public TreeBenchmark() {
    shuffled = new ArrayList<>(sorted);
    Collections.shuffle(shuffled, new Random(2));
    before = Mst.of(sorted);
    Mst changed = before;
    for (int i = 0; i < CHANGES; i++) {
      changed = changed.delete(shuffled.get(i).key());
    }
    after = changed;
    if (!insert(shuffled).equals(before.root()) || after.root().equals(before.root())) {
      throw new IllegalStateException("not the tree of its entries");
    }
  }

  @Benchmark
  public Cid sorted() {
    MstBuilder builder = new MstBuilder();
    for (MstEntry entry : sorted) {
      builder.add(entry.key(), entry.value());
    }
    return builder.build().root();
  }

  @Benchmark
  public Cid shuffled() {
    return Mst.of(shuffled).root();
  }

  @Benchmark
  public Cid inserted() {
    return insert(shuffled);
  }

  private static Cid insert(List<MstEntry> entries) {
    Mst tree = Mst.empty();
    for (MstEntry entry : entries) {
      tree = tree.insert(entry.key(), entry.value());
    }
    return tree.root();
  }

  @Benchmark
  public MstDiff diff() {
    MstDiff diff = MstDiff.between(before, after);
    if (diff.changes().size() != CHANGES) {
      throw new IllegalStateException("not the difference");
    }
    return diff;
  }
}
