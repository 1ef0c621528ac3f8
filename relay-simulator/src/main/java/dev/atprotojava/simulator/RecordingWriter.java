// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import dev.atprotojava.sync.EncodedFrame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Makes a {@link Recording}: first each account acts once, in any order, so that a relay meets
 * everybody in the first part; then whoever it is. Every account has a past that is not told of.
 */
final class RecordingWriter {
  private static final int FLUSH_BYTES = 1 << 18;
  private static final Duration STEP = Duration.ofMillis(1);

  private final Path directory;
  private final Recording.Plan plan;
  private final VirtualClock clock;
  private final Tape[] tapes;
  private final Fingerprint fingerprint = new Fingerprint();
  private final ByteArrayOutputStream events = new ByteArrayOutputStream();
  private int written;

  /** The messages of one host. */
  private static final class Tape {
    final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
    long[] ends = new long[16];
    int count;
  }

  private RecordingWriter(Path directory, Recording.Plan plan, Instant start) {
    this.directory = directory;
    this.plan = plan;
    this.clock = new VirtualClock(start);
    this.tapes = new Tape[plan.hosts()];
    Arrays.setAll(tapes, host -> new Tape());
  }

  /**
   * Makes a recording in a directory, in place of the one that is there.
   *
   * @param now the time; revisions are of the day before, so that none is of the future
   * @param progress is told of the number of events from time to time
   */
  static void write(Path directory, Recording.Plan plan, Instant now, IntConsumer progress)
      throws IOException {
    Files.createDirectories(directory);
    try (var files = Files.newDirectoryStream(directory, "{recording.*,host-*,events.bin}")) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Instant start = now.minus(Duration.ofDays(1)).minus(STEP.multipliedBy(plan.events()));
    new RecordingWriter(directory, plan, start).write(progress);
  }

  private void write(IntConsumer progress) throws IOException {
    SimulatedNetwork network = new SimulatedNetwork(plan.shape(), clock);
    SimulatedTraffic traffic = new SimulatedTraffic(network, plan.seed());
    RandomGenerator random = new SplittableRandom(plan.seed());
    List<Integer> order = new ArrayList<>(IntStream.range(0, plan.accounts()).boxed().toList());
    Collections.shuffle(order, Random.from(random));
    for (int number : order) {
      SimulatedAccount account = network.account(number);
      traffic.furnish(account, past(random));
      add(traffic.act(account), progress);
    }
    BitSet repeated = new BitSet(plan.accounts());
    while (written < plan.events()) {
      SimulatedTraffic.Step step = traffic.next();
      if (!isRepeat(step) || !repeated.get(step.account().number())) {
        add(step, progress);
      }
      if (isRepeat(step)) {
        repeated.set(step.account().number());
      }
    }
    for (int host = 0; host < tapes.length; host++) {
      flush(host);
      Tape tape = tapes[host];
      ByteBuffer index =
          ByteBuffer.allocate(tape.count * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      index.asLongBuffer().put(tape.ends, 0, tape.count);
      Files.write(Recording.index(directory, host), index.array());
    }
    Files.write(Recording.events(directory), events.toByteArray());
    Recording.complete(directory, plan);
  }

  /**
   * A log-normal number of records: half have fewer than the median, one in a hundred ten times.
   */
  private int past(RandomGenerator random) {
    return (int) Math.max(1, plan.records() * Math.exp(random.nextGaussian()));
  }

  /**
   * True if nothing changes by a step. Of these an account has one in a recording: it is played
   * faster than it was made, and a relay limits repeats by the clock.
   */
  private static boolean isRepeat(SimulatedTraffic.Step step) {
    return step.events().stream()
        .allMatch(event -> event instanceof FrameBody.Identity || event instanceof FrameBody.Sync);
  }

  private void add(SimulatedTraffic.Step step, IntConsumer progress) throws IOException {
    for (FrameBody.Event event : step.events()) {
      clock.advance(STEP);
      int host = step.account().number() % plan.hosts();
      Tape tape = tapes[host];
      EncodedFrame frame = FrameEncoder.encode(event, tape.count + 1);
      int length = frame.bytes().length();
      ByteBuffer header = ByteBuffer.allocate(WebSocketWire.MAX_HEADER);
      WebSocketWire.writeHeader(header, WebSocketWire.BINARY, length);
      tape.waiting.write(header.array(), 0, header.position());
      tape.waiting.write(frame.bytes().array(), frame.bytes().offset(), length);
      if (tape.count == tape.ends.length) {
        tape.ends = Arrays.copyOf(tape.ends, tape.count * 2);
      }
      long before = tape.count == 0 ? 0 : tape.ends[tape.count - 1];
      tape.ends[tape.count++] = before + header.position() + length;
      if (tape.waiting.size() > FLUSH_BYTES) {
        flush(host);
      }
      ByteBuffer entry = ByteBuffer.allocate(Recording.EVENT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      entry.putInt(step.account().number()).putInt(tape.count).putLong(fingerprint.of(frame));
      events.writeBytes(entry.array());
      if (++written % 10_000 == 0) {
        progress.accept(written);
      }
    }
  }

  /** Opens the file only for as long as it takes: there may be more hosts than open files. */
  private void flush(int host) throws IOException {
    try (OutputStream file =
        Files.newOutputStream(
            Recording.frames(directory, host),
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND)) {
      tapes[host].waiting.writeTo(file);
    }
    tapes[host].waiting.reset();
  }
}
