// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.atprotojava.syntax.AtDatetime;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Nsid;
import dev.atprotojava.syntax.RecordKey;
import dev.atprotojava.syntax.RecordPath;
import dev.atprotojava.syntax.Tid;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
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
 * What a relay pays to check the identifiers of one event in the frame: each must stay well under
 * 100 ns and allocate nothing.
 *
 * <p>Every call takes the next of 1,024 different texts, so that no branch is learned by heart.
 *
 * <pre>
 *   java -cp "benchmarks/target/classes:benchmarks/target/lib/*" org.openjdk.jmh.Main SyntaxBenchmark -prof gc
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SyntaxBenchmark {
  private static final int TEXTS = 1024;
  private static final String LOWER = "abcdefghijklmnopqrstuvwxyz";
  private static final String BASE32 = LOWER + "234567";
  private static final String SORTABLE = "234567" + LOWER;
  private static final List<String> COLLECTIONS =
      List.of(
          "app.bsky.feed.post",
          "app.bsky.feed.like",
          "app.bsky.feed.repost",
          "app.bsky.graph.follow",
          "app.bsky.actor.profile",
          "chat.bsky.actor.declaration",
          "fyi.unravel.frontpage.post");

  private final SplittableRandom random = new SplittableRandom(1);
  private final byte[][] dids = texts(() -> "did:plc:" + text(BASE32, 24));
  private final byte[][] webDids = texts(() -> "did:web:" + text(LOWER, 8) + ".example.com");
  private final byte[][] nsids = texts(this::collection);
  private final byte[][] rkeys = texts(() -> "3" + text(SORTABLE, 12));
  private final byte[][] paths = texts(() -> collection() + "/3" + text(SORTABLE, 12));
  private final byte[][] tids = texts(() -> "3" + text(SORTABLE, 12));
  private final byte[][] times =
      texts(() -> AtDatetime.format(Instant.ofEpochMilli(random.nextLong(1L << 41))));
  private int next;

  private interface Texts {
    String next();
  }

  private static byte[][] texts(Texts source) {
    byte[][] texts = new byte[TEXTS][];
    for (int i = 0; i < TEXTS; i++) {
      texts[i] = source.next().getBytes(US_ASCII);
    }
    return texts;
  }

  private String text(String alphabet, int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }

  private String collection() {
    return COLLECTIONS.get(random.nextInt(COLLECTIONS.size()));
  }

  private byte[] pick(byte[][] texts) {
    next = (next + 1) & (TEXTS - 1);
    return texts[next];
  }

  @Benchmark
  public boolean didPlc() {
    byte[] did = pick(dids);
    return Did.isValid(did, 0, did.length);
  }

  @Benchmark
  public boolean didWeb() {
    byte[] did = pick(webDids);
    return Did.isValid(did, 0, did.length);
  }

  @Benchmark
  public boolean nsid() {
    byte[] nsid = pick(nsids);
    return Nsid.isValid(nsid, 0, nsid.length);
  }

  @Benchmark
  public boolean recordKey() {
    byte[] rkey = pick(rkeys);
    return RecordKey.isValid(rkey, 0, rkey.length);
  }

  @Benchmark
  public boolean recordPath() {
    byte[] path = pick(paths);
    return RecordPath.isValid(path, 0, path.length);
  }

  @Benchmark
  public boolean tid() {
    byte[] tid = pick(tids);
    return Tid.isValid(tid, 0, tid.length);
  }

  @Benchmark
  public long tidDecode() {
    return Tid.decode(pick(tids), 0);
  }

  @Benchmark
  public boolean datetime() {
    byte[] time = pick(times);
    return AtDatetime.isValid(time, 0, time.length);
  }

  /** With the object and its text: what an event type pays. */
  @Benchmark
  public Did didDecode() {
    byte[] did = pick(dids);
    return Did.decode(did, 0, did.length);
  }
}
