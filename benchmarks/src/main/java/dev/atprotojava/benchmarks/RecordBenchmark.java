// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import dev.atprotojava.car.CarReader;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborReader;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cbor.jackson.RecordMapper;
import dev.atprotojava.sync.Frame;
import dev.atprotojava.sync.FrameCodec;
import dev.atprotojava.sync.RepoEvent;
import java.io.IOException;
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
 * A recorded record, a few hundred bytes: what the strict check costs beside the parse that it
 * stands in front of.
 *
 * <p>{@code check} is all rules and no values; {@code treeJackson} is jackson-dataformat-cbor
 * building a {@code JsonNode} and checking none of them, and {@code treeOurs} a {@link CborValue}
 * with all checked. {@code mapperRead} is both of {@code check} and Jackson with links made, and
 * {@code mapperWrite} the way back; {@code encode} is that way from our own tree.
 *
 * <p>Every call takes the next of the records in commits of up to 4,000 bytes.
 *
 * <pre>
 *   java -cp "benchmarks/target/classes:benchmarks/target/lib/*" org.openjdk.jmh.Main RecordBenchmark -prof gc
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RecordBenchmark {
  private final Bytes[] records = records().toArray(Bytes[]::new);
  private final CborValue[] values = new CborValue[records.length];
  private final ObjectNode[] trees = new ObjectNode[records.length];
  private final CborReader reader = new CborReader();
  private final RecordMapper mapper = RecordMapper.create();
  private final ObjectReader jackson = new CBORMapper().readerFor(JsonNode.class);
  private int next;

  /** Reads each record once. */
  public RecordBenchmark() {
    for (int i = 0; i < records.length; i++) {
      values[i] = CborValue.decode(records[i]);
      trees[i] = mapper.readTree(records[i]);
    }
  }

  private static List<Bytes> records() {
    FrameCodec codec = new FrameCodec();
    CarReader car = new CarReader();
    List<Bytes> found = new ArrayList<>();
    for (Bytes message : RecordedCommits.upTo(4_000)) {
      if (codec.decode(message) instanceof Frame.Message(RepoEvent.CommitEvent commit)) {
        car.reset(commit.blocks());
        while (car.next()) {
          if (CborValue.decode(car.data()) instanceof MapValue map && map.find("$type") != null) {
            found.add(car.data());
          }
        }
      }
    }
    return found;
  }

  private int nextIndex() {
    next = next + 1 == records.length ? 0 : next + 1;
    return next;
  }

  @Benchmark
  public int check() {
    Bytes record = records[nextIndex()];
    reader.check(record.array(), record.offset(), record.length());
    return reader.position();
  }

  @Benchmark
  public CborValue treeOurs() {
    reader.reset(records[nextIndex()]);
    CborValue value = CborValue.read(reader);
    reader.requireEnd();
    return value;
  }

  @Benchmark
  public JsonNode treeJackson() throws IOException {
    Bytes record = records[nextIndex()];
    return jackson.readValue(record.array(), record.offset(), record.length());
  }

  @Benchmark
  public ObjectNode mapperRead() {
    return mapper.readTree(records[nextIndex()]);
  }

  @Benchmark
  public Bytes mapperWrite() {
    return mapper.write(trees[nextIndex()]);
  }

  @Benchmark
  public Bytes encode() {
    return values[nextIndex()].encode();
  }
}
