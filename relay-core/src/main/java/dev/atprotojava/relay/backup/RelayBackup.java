// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.backup;

import dev.atprotojava.relay.RelayException;
import dev.atprotojava.relay.log.LogCopy;
import dev.atprotojava.relay.store.StoreCopy;
import java.io.IOException;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A backup: a directory with {@code relay.sqlite}, the directory {@code log}, and last {@code
 * BACKUP}, which names the other files with their sizes; without it, or with another size, it is
 * not restored.
 *
 * <p>The store is copied before the log, so it never reflects an event that the log does not have
 * (invariant 1); a restored relay brings it up to the log, as after a crash. What hosts sent since
 * they send again, and it gets new numbers: none that was ever given out is given again (invariant
 * 2), see {@link LogCopy}.
 */
public final class RelayBackup {
  private static final String DATABASE = "relay.sqlite";
  private static final String LOG = "log";
  private static final String MANIFEST = "BACKUP";
  private static final String FORMAT = "format";
  private static final String VERSION = "1";
  private static final String FILE = "file.";

  private RelayBackup() {}

  /**
   * What was copied.
   *
   * @param appliedSeq the last number that the store reflects
   * @param nextSeq of a backup, the first number that was not reserved; of a restored relay, the
   *     first that will be given
   * @param bytes of all files
   */
  public record Outcome(long appliedSeq, long nextSeq, long bytes) {}

  /**
   * Makes a backup; the relay may be at work.
   *
   * @param database of the relay
   * @param logDirectory of the relay
   * @param target a directory that is empty or not there
   * @throws RelayException if something stands in the way; the message is for the operator
   */
  public static Outcome make(Path database, Path logDirectory, Path target, InstantSource clock) {
    try {
      requireEmpty(target);
      Files.createDirectories(target);
      long applied = StoreCopy.make(database, target.resolve(DATABASE));
      long next = LogCopy.make(logDirectory, target.resolve(LOG));
      if (applied >= next) {
        throw RelayException.refused(
            "the database " + database + " does not belong to the log " + logDirectory + ".");
      }
      Map<String, Long> sizes = sizes(target);
      Properties manifest = new Properties();
      manifest.setProperty(FORMAT, VERSION);
      manifest.setProperty("created", clock.instant().toString());
      manifest.setProperty("applied-seq", Long.toString(applied));
      manifest.setProperty("next-seq", Long.toString(next));
      sizes.forEach((name, size) -> manifest.setProperty(FILE + name, Long.toString(size)));
      write(target, manifest);
      return new Outcome(applied, next, sum(sizes));
    } catch (IOException e) {
      throw failed("the backup cannot be made", e);
    }
  }

  /** Beside, and then by its name, when it is whole. */
  private static void write(Path target, Properties manifest) throws IOException {
    Path unfinished = target.resolve(MANIFEST + ".new");
    try (Writer out = Files.newBufferedWriter(unfinished)) {
      manifest.store(out, "A backup of a relay. Make a relay of it by: relay restore");
    }
    force(unfinished);
    Files.move(unfinished, target.resolve(MANIFEST), StandardCopyOption.ATOMIC_MOVE);
    force(target.resolve(LOG));
    force(target);
  }

  private static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /**
   * Makes the data of a relay of a backup, which stays as it is.
   *
   * @param database where nothing is yet
   * @param logDirectory a directory that is empty or not there
   * @param floor the first seq to be given; 0 for one that is surely above all that were given
   * @throws RelayException if the backup is not whole, or something stands in the way
   */
  public static Outcome restore(Path backup, Path database, Path logDirectory, long floor) {
    try {
      Properties manifest = read(backup);
      for (String suffix : List.of("", "-wal", "-shm")) {
        Path taken = database.resolveSibling(database.getFileName() + suffix);
        if (Files.exists(taken)) {
          throw RelayException.refused(
              "there is something at " + taken + " already; nothing is overwritten.");
        }
      }
      requireEmpty(logDirectory);
      long next = LogCopy.restore(backup.resolve(LOG), logDirectory, floor);
      Path absolute = database.toAbsolutePath();
      Path directory = absolute.getParent();
      if (directory == null) {
        throw RelayException.refused(database + " is no place for a database.");
      }
      Files.createDirectories(directory);
      Path unfinished = directory.resolve(absolute.getFileName() + ".new");
      Files.copy(backup.resolve(DATABASE), unfinished, StandardCopyOption.REPLACE_EXISTING);
      force(unfinished);
      Files.move(unfinished, absolute, StandardCopyOption.ATOMIC_MOVE);
      force(directory);
      return new Outcome(
          Long.parseLong(manifest.getProperty("applied-seq", "0")), next, sum(sizes(backup)));
    } catch (IOException e) {
      throw failed("the backup cannot be restored", e);
    }
  }

  /** The manifest of a backup that is whole. */
  private static Properties read(Path backup) throws IOException {
    Path file = backup.resolve(MANIFEST);
    if (!Files.isRegularFile(file)) {
      throw RelayException.refused(
          "there is no whole backup in " + backup + ": it has no file " + MANIFEST + ".");
    }
    Properties manifest = new Properties();
    try (var in = Files.newBufferedReader(file)) {
      manifest.load(in);
    }
    if (!VERSION.equals(manifest.getProperty(FORMAT))) {
      throw RelayException.refused(
          "the backup in " + backup + " is of another version; use the relay that made it.");
    }
    Map<String, Long> sizes = sizes(backup);
    for (String name : manifest.stringPropertyNames()) {
      if (name.startsWith(FILE)) {
        @Nullable Long size = sizes.get(name.substring(FILE.length()));
        if (size == null || !manifest.getProperty(name).equals(Long.toString(size))) {
          throw RelayException.refused(
              "the backup in "
                  + backup
                  + " is not whole: "
                  + name.substring(FILE.length())
                  + (size == null ? " is missing." : " is of another size."));
        }
      }
    }
    return manifest;
  }

  /** The files of a backup but for its manifest, with their sizes. */
  private static Map<String, Long> sizes(Path backup) throws IOException {
    Map<String, Long> sizes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(backup)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = backup.relativize(file).toString().replace('\\', '/');
        if (!name.startsWith(MANIFEST) && !name.equals(LOG + "/lock")) {
          sizes.put(name, Files.size(file));
        }
      }
    }
    return sizes;
  }

  private static long sum(Map<String, Long> sizes) {
    return sizes.values().stream().mapToLong(Long::longValue).sum();
  }

  private static void requireEmpty(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    if (Files.isDirectory(directory)) {
      try (Stream<Path> files = Files.list(directory)) {
        if (files.findAny().isEmpty()) {
          return;
        }
      }
    }
    throw RelayException.refused(
        "there is something in " + directory + " already; nothing is overwritten.");
  }

  private static RelayException failed(String what, IOException e) {
    return RelayException.refused(
        what + ": " + e.getClass().getSimpleName() + ": " + e.getMessage() + ".");
  }
}
