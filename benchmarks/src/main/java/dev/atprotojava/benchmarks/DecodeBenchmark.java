// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.benchmarks;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import dev.atprotojava.car.CarReader;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborReader;
import dev.atprotojava.cbor.CborValue;
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
import org.openjdk.jmh.infra.Blackhole;

/**
 * A recorded {@code #commit}: read by our strict reader, and by jackson-dataformat-cbor, which does
 * not check what DAG-CBOR asks for.
 *
 * <p>Three pairs: {@code walk} goes over every item of the message and keeps nothing; {@code tree}
 * builds a value of each (ours sorts and checks keys, Jackson's copies the blocks); {@code blocks}
 * goes over every item of every block in the message. {@code event} is what a relay does: a typed
 * event, whose blocks are a slice of the message.
 *
 * <p>Every call takes the next of the commits of up to 4,000 bytes.
 *
 * <pre>
 *   java -cp "benchmarks/target/classes:benchmarks/target/lib/*" org.openjdk.jmh.Main DecodeBenchmark -prof gc
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DecodeBenchmark {
  private final Bytes[] messages = RecordedCommits.upTo(4_000).toArray(Bytes[]::new);
  private final Bytes[][] blocks = new Bytes[messages.length][];
  private final CborReader reader = new CborReader();
  private final FrameCodec codec = new FrameCodec();
  private final CarReader car = new CarReader();
  private final CBORFactory factory = new CBORFactory();
  private final ObjectReader trees = new CBORMapper().readerFor(JsonNode.class);
  private int next;

  /** Takes the messages apart once. */
  public DecodeBenchmark() {
    for (int i = 0; i < messages.length; i++) {
      blocks[i] = blocksOf(messages[i]);
    }
  }

  private Bytes[] blocksOf(Bytes message) {
    car.reset(slice(message));
    List<Bytes> found = new ArrayList<>();
    while (car.next()) {
      found.add(car.data());
    }
    return found.toArray(Bytes[]::new);
  }

  private Bytes slice(Bytes message) {
    if (codec.decode(message) instanceof Frame.Message(RepoEvent.CommitEvent commit)) {
      return commit.blocks();
    }
    throw new IllegalStateException("no commit");
  }

  private int nextIndex() {
    next = next + 1 == messages.length ? 0 : next + 1;
    return next;
  }

  @Benchmark
  public int walkOurs() {
    reader.reset(messages[nextIndex()]);
    reader.skip();
    reader.skip();
    reader.requireEnd();
    return reader.position();
  }

  @Benchmark
  public int walkJackson() throws IOException {
    return walk(messages[nextIndex()]);
  }

  private int walk(Bytes bytes) throws IOException {
    int tokens = 0;
    try (JsonParser in = factory.createParser(bytes.array(), bytes.offset(), bytes.length())) {
      while (in.nextToken() != null) {
        tokens++;
      }
    }
    return tokens;
  }

  @Benchmark
  public void treeOurs(Blackhole sink) {
    reader.reset(messages[nextIndex()]);
    sink.consume(CborValue.read(reader));
    sink.consume(CborValue.read(reader));
  }

  @Benchmark
  public void treeJackson(Blackhole sink) throws IOException {
    Bytes message = messages[nextIndex()];
    try (var values =
        trees.<JsonNode>readValues(message.array(), message.offset(), message.length())) {
      while (values.hasNextValue()) {
        sink.consume(values.nextValue());
      }
    }
  }

  @Benchmark
  public int blocksOurs() {
    int end = 0;
    for (Bytes block : blocks[nextIndex()]) {
      reader.reset(block);
      reader.skip();
      reader.requireEnd();
      end += reader.position();
    }
    return end;
  }

  @Benchmark
  public int blocksJackson() throws IOException {
    int tokens = 0;
    for (Bytes block : blocks[nextIndex()]) {
      tokens += walk(block);
    }
    return tokens;
  }

  @Benchmark
  public Frame event() {
    return codec.decode(messages[nextIndex()]);
  }
}
