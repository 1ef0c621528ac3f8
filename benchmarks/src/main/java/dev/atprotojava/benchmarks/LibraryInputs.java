// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.benchmarks;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.mst.MstEntry;
import dev.atprotojava.sync.Frame;
import dev.atprotojava.sync.FrameCodec;
import dev.atprotojava.sync.RepoEvent;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Writes what {@link LibraryTable}, and the programs that measure other libraries, read: the first
 * 20,000 {@code #commit} messages of a network that a load generator wrote, the keys of its
 * accounts, the entries of a large tree, and a large repository.
 *
 * <pre>
 *   frames.bin     messages, each behind four bytes of length, little-endian
 *   keys.txt       lines of a DID and its Multikey
 *   mst.txt        lines of a path and a CID, in no order
 *   in-order.car   a repository of 131 MB
 * </pre>
 */
public final class LibraryInputs {
  static final int COMMITS = 20_000;
  static final String FRAMES = "frames.bin";
  static final String KEYS = "keys.txt";
  static final String ENTRIES = "mst.txt";

  private static final Pattern ACCOUNT =
      Pattern.compile("\"did\":\"(did:plc:[a-z2-7]{24})\".*\"key\":\"(z[1-9A-Za-z]+)\"");

  private LibraryInputs() {}

  /** Reads the network in the first directory, writes to the second. */
  public static void main(String[] args) throws IOException {
    Path network = Path.of(args[0]);
    Path to = Files.createDirectories(Path.of(args[1]));
    writeFrames(network, to.resolve(FRAMES));
    writeKeys(network, to.resolve(KEYS));
    writeEntries(to.resolve(ENTRIES));
    RepoFiles.write(to);
  }

  private static void writeFrames(Path network, Path file) throws IOException {
    List<Path> hosts;
    try (Stream<Path> files = Files.list(network)) {
      hosts = files.filter(each -> each.toString().endsWith(".frames")).sorted().toList();
    }
    FrameCodec codec = new FrameCodec();
    int written = 0;
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      for (Path host : hosts) {
        for (Bytes message : read(host)) {
          if (written < COMMITS
              && codec.decode(message) instanceof Frame.Message(RepoEvent.CommitEvent _)) {
            byte[] bytes = message.toByteArray();
            out.write(length(bytes.length));
            out.write(bytes);
            written++;
          }
        }
        if (written == COMMITS) {
          return;
        }
      }
    }
    throw new IOException("only " + written + " commits in " + network);
  }

  private static byte[] length(int length) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(length).array();
  }

  /** The messages of a file. */
  static List<Bytes> read(Path file) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    List<Bytes> messages = new ArrayList<>();
    while (in.hasRemaining()) {
      byte[] message = new byte[in.getInt()];
      in.get(message);
      messages.add(Bytes.wrap(message));
    }
    return messages;
  }

  private static void writeKeys(Path network, Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(network.resolve("accounts.jsonl"))) {
      Matcher account = ACCOUNT.matcher(line);
      if (account.find()) {
        lines.add(account.group(1) + " " + account.group(2));
      }
    }
    Files.write(file, lines);
  }

  private static void writeEntries(Path file) throws IOException {
    List<MstEntry> entries = new ArrayList<>(TreeEntries.sorted());
    Collections.shuffle(entries, new Random(2));
    List<String> lines = new ArrayList<>();
    for (MstEntry entry : entries) {
      String path = new String(entry.key().toByteArray(), StandardCharsets.US_ASCII);
      lines.add(path + " " + entry.value());
    }
    Files.write(file, lines);
  }
}
