// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.crypto.DidKey;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.syntax.Did;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What two real PDSes sent while a scenario ran, frame by frame, with the operations of their PLC
 * directory and some repositories at the end. It is not part of the project.
 *
 * @param directory where it is, or should be
 * @param required whether its absence is a failure
 */
record Recordings(Path directory, boolean required) {
  /** The two hosts and their files. Each file has frames with their length before them. */
  private static final Map<String, String> HOSTS =
      new TreeMap<>(Map.of("A", "frames.bin", "B", "frames-b.bin"));

  /**
   * A message of a host.
   *
   * @param host A or B
   * @param arrived when it came
   * @param message its bytes
   */
  record Recorded(String host, Instant arrived, Bytes message) {}

  /** Those of this run. */
  static Recordings ofThisRun() {
    Path root = Path.of(System.getProperty("project.root", ".."));
    Path directory =
        VectorTests.locate(
            System.getProperty("atproto.fixtures"),
            System.getenv("ATPROTO_FIXTURES"),
            root,
            "../shared/fixtures");
    return new Recordings(directory, "true".equals(System.getenv("CI")));
  }

  boolean present() {
    return HOSTS.values().stream().allMatch(file -> Files.isRegularFile(directory.resolve(file)));
  }

  /** The frames of both hosts in the order in which they came. */
  List<Recorded> frames() {
    List<Recorded> all = new ArrayList<>();
    HOSTS.forEach(
        (host, file) -> {
          List<Bytes> messages = messages(file);
          List<String> times = read(file + ".times").lines().toList();
          if (times.size() != messages.size()) {
            throw new IllegalStateException(file + " has not one time for each frame");
          }
          for (int i = 0; i < messages.size(); i++) {
            Instant arrived = Instant.ofEpochMilli(Long.parseLong(times.get(i)));
            all.add(new Recorded(host, arrived, messages.get(i)));
          }
        });
    all.sort(Comparator.comparing(Recorded::arrived)); // stable: a host's own order stays
    return all;
  }

  /** The messages in a file: four bytes of length, big-endian, before each. */
  List<Bytes> messages(String file) {
    ByteBuffer in = ByteBuffer.wrap(readBytes(file).array());
    List<Bytes> messages = new ArrayList<>();
    while (in.hasRemaining()) {
      byte[] message = new byte[in.getInt()];
      in.get(message);
      messages.add(Bytes.wrap(message));
    }
    return messages;
  }

  /** The signing keys that a DID has had, by the time from which on it had them. */
  Map<Did, NavigableMap<Instant, PublicKey>> keys() {
    Map<Did, NavigableMap<Instant, PublicKey>> keys = new HashMap<>();
    JsonNode audit;
    try {
      audit = new ObjectMapper().readTree(read("plc-audit.json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (JsonNode log : audit) {
      for (JsonNode entry : log) {
        JsonNode methods = entry.get("operation").get("verificationMethods");
        keys.computeIfAbsent(Did.parse(entry.get("did").textValue()), did -> new TreeMap<>())
            .put(
                Instant.parse(entry.get("createdAt").textValue()),
                DidKey.parse(methods.get("atproto").textValue()));
      }
    }
    return keys;
  }

  /** The files of repositories. */
  List<Path> repositories() {
    try (Stream<Path> files = Files.list(directory.resolve("repos"))) {
      return files.filter(file -> file.toString().endsWith(".car")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Bytes readBytes(String file) {
    try {
      return Bytes.wrap(Files.readAllBytes(directory.resolve(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(file, e);
    }
  }

  private String read(String file) {
    try {
      return Files.readString(directory.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(file, e);
    }
  }
}
