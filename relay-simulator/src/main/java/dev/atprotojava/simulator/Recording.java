// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * The traffic of a network on disk, made once and sent many times. A directory:
 *
 * <pre>
 *   recording.properties   format=1, and the numbers of {@link Plan}
 *   host-N.frames          the WebSocket messages of host N, headers included, as they go on the wire
 *   host-N.index           for each of them, 8 bytes: where it ends
 *   events.bin             for each event of the network, in order of time:
 *                          | account, 4 bytes | seq at its host, 4 bytes | fingerprint, 8 bytes |
 * </pre>
 *
 * All numbers little-endian. Account {@code n} is on host {@code n % hosts}; its DID and key follow
 * from the seed.
 */
final class Recording {
  static final int EVENT_BYTES = 16;

  private static final String FORMAT = "1";
  private static final String PROPERTIES = "recording.properties";
  private static final String EVENTS = "events.bin";

  private final Plan plan;
  private final int[] accounts;
  private final int[] seqs;
  private final long[] fingerprints;
  private final List<RecordedHost> hosts;

  /**
   * What a recording is made of.
   *
   * @param seed of the network
   * @param events at least so many
   * @param records how many an account has before its first event, by the median
   */
  record Plan(long seed, int hosts, int accounts, int events, int records) {
    NetworkShape shape() {
      return NetworkShape.of(seed, hosts, accounts);
    }
  }

  private Recording(
      Plan plan, int[] accounts, int[] seqs, long[] fingerprints, List<RecordedHost> hosts) {
    this.plan = plan;
    this.accounts = accounts;
    this.seqs = seqs;
    this.fingerprints = fingerprints;
    this.hosts = hosts;
  }

  static boolean isIn(Path directory) {
    return Files.exists(directory.resolve(PROPERTIES));
  }

  static Path frames(Path directory, int host) {
    return directory.resolve("host-" + host + ".frames");
  }

  static Path index(Path directory, int host) {
    return directory.resolve("host-" + host + ".index");
  }

  static Path events(Path directory) {
    return directory.resolve(EVENTS);
  }

  /** Writes what makes a directory a recording: last, when all else is there. */
  static void complete(Path directory, Plan plan) throws IOException {
    Files.writeString(
        directory.resolve(PROPERTIES),
        """
        format=%s
        seed=%d
        hosts=%d
        accounts=%d
        events=%d
        records=%d
        """
            .formatted(
                FORMAT, plan.seed(), plan.hosts(), plan.accounts(), plan.events(), plan.records()));
  }

  /** The plan of a recording. */
  static Plan plan(Path directory) throws IOException, ProgramFailure {
    Properties properties = new Properties();
    try (var in = Files.newBufferedReader(directory.resolve(PROPERTIES))) {
      properties.load(in);
    }
    if (!FORMAT.equals(properties.getProperty("format"))) {
      throw new ProgramFailure(
          directory + " is a recording of another format than " + FORMAT + "; generate it anew");
    }
    return new Plan(
        Long.parseLong(properties.getProperty("seed")),
        Integer.parseInt(properties.getProperty("hosts")),
        Integer.parseInt(properties.getProperty("accounts")),
        Integer.parseInt(properties.getProperty("events")),
        Integer.parseInt(properties.getProperty("records")));
  }

  /** Opens a recording. */
  static Recording open(Path directory) throws IOException, ProgramFailure {
    Plan plan = plan(directory);
    ByteBuffer in =
        ByteBuffer.wrap(Files.readAllBytes(events(directory))).order(ByteOrder.LITTLE_ENDIAN);
    int count = in.remaining() / EVENT_BYTES;
    int[] accounts = new int[count];
    int[] seqs = new int[count];
    long[] fingerprints = new long[count];
    for (int event = 0; event < count; event++) {
      accounts[event] = in.getInt();
      seqs[event] = in.getInt();
      fingerprints[event] = in.getLong();
    }
    List<RecordedHost> hosts = new ArrayList<>();
    for (int host = 0; host < plan.hosts(); host++) {
      hosts.add(RecordedHost.open(frames(directory, host), index(directory, host)));
    }
    return new Recording(plan, accounts, seqs, fingerprints, hosts);
  }

  Plan plan() {
    return plan;
  }

  /** The number of events. */
  int events() {
    return accounts.length;
  }

  int account(int event) {
    return accounts[event];
  }

  int seq(int event) {
    return seqs[event];
  }

  long fingerprint(int event) {
    return fingerprints[event];
  }

  List<RecordedHost> hosts() {
    return hosts;
  }

  RecordedHost host(int event) {
    return hosts.get(accounts[event] % hosts.size());
  }
}
