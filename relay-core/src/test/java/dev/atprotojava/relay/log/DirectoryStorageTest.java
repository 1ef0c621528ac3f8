// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.relay.FsyncPolicy;
import dev.atprotojava.relay.LogOptions;
import dev.atprotojava.relay.RelayException;
import dev.atprotojava.relay.log.LogStorage.LogFile;
import dev.atprotojava.relay.outbound.OutboundEvent;
import dev.atprotojava.testing.Gen;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file system of the machine behind the seam that the other tests put a double in. */
class DirectoryStorageTest {
  @TempDir private Path temp;

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(Events.ascii(text));
  }

  private static String read(LogFile file, long position, int length) throws IOException {
    ByteBuffer into = ByteBuffer.allocate(length);
    assertThat(file.read(into, position)).isEqualTo(into.position());
    return new String(into.array(), 0, into.position(), StandardCharsets.US_ASCII);
  }

  /** The double must do what the real one does: the same steps on both. */
  @Test
  void operations_doWhatTheDoubleDoes() throws Exception {
    try (DirectoryStorage real = new DirectoryStorage(temp.resolve("log"))) {
      for (LogStorage storage : List.of(real, new MemoryStorage())) {
        assertThat(storage.list()).isEmpty();
        try (LogFile file = storage.create("a")) {
          file.append(bytes("hello"));
          file.append(bytes(" world"));
          file.force();
          assertThat(file.size()).isEqualTo(11);
          assertThat(read(file, 0, 20)).isEqualTo("hello world");
          assertThat(read(file, 6, 3)).isEqualTo("wor");
          assertThat(read(file, 11, 5)).isEmpty();
          assertThat(read(file, 99, 5)).isEmpty();
          file.truncate(5);
          file.append(bytes("!"));
          assertThat(read(file, 0, 20)).isEqualTo("hello!");
        }
        try (LogFile file = storage.open("a")) {
          file.append(bytes("?"));
          assertThat(read(file, 4, 20)).isEqualTo("o!?");
        }
        assertThatThrownBy(() -> storage.create("a"))
            .isInstanceOf(FileAlreadyExistsException.class);
        assertThatThrownBy(() -> storage.open("b")).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> storage.openToRead("b")).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> storage.rename("b", "c")).isInstanceOf(NoSuchFileException.class);
        storage.create("b").close();
        storage.rename("a", "b");
        storage.syncDirectory();
        assertThat(storage.list()).containsExactly("b");
        try (LogFile file = storage.openToRead("b")) {
          storage.delete("b");
          storage.delete("b");
          assertThat(read(file, 0, 20)).isEqualTo("hello!?");
        }
        assertThat(storage.list()).isEmpty();
      }
      assertThat(real.volumeBytes()).isPositive();
    }
  }

  @Test
  void open_isRefusedWhileAnotherHasIt() throws Exception {
    Path directory = temp.resolve("a/b/c");
    try (DirectoryStorage first = new DirectoryStorage(directory)) {
      assertThatThrownBy(() -> new DirectoryStorage(directory))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another process uses");
      assertThat(first.list()).isEmpty();
    }
    new DirectoryStorage(directory).close();
  }

  /** Not even a lock is put into a directory that is somebody else's (invariant 11). */
  @Test
  void open_leavesAForeignDirectoryAlone() throws Exception {
    Path foreign = temp.resolve("foreign");
    Files.createDirectory(foreign);
    Files.writeString(foreign.resolve("evts-1.dat"), "x");
    assertThatThrownBy(() -> new DirectoryStorage(foreign))
        .isInstanceOf(RelayException.class)
        .hasMessageContaining("evts-1.dat")
        .hasMessageContaining("import-indigo");
    try (Stream<Path> files = Files.list(foreign)) {
      assertThat(files).containsExactly(foreign.resolve("evts-1.dat"));
    }
  }

  @Test
  void toRead_changesNothing() throws Exception {
    Path directory = temp.resolve("log");
    try (DirectoryStorage storage = new DirectoryStorage(directory)) {
      storage.create("a").close();
      try (DirectoryStorage reading = DirectoryStorage.toRead(directory)) {
        assertThat(reading.list()).containsExactly("a");
        reading.openToRead("a").close();
        assertThatThrownBy(() -> reading.create("b")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> reading.open("a")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> reading.delete("a")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> reading.rename("a", "b"))
            .isInstanceOf(IllegalStateException.class);
      }
    }
  }

  private static SegmentedEventLog open(
      DirectoryStorage storage, LogOptions options, LiveTail tail) {
    return SegmentedEventLog.open(storage, options, TestLog.KEY_ID, new TestLog.Clock(), tail);
  }

  private static List<Long> seqs(SegmentedEventLog log) {
    return Stored.ofCold(new ColdReader(log, Runnable::run, 1 << 22), 0).stream()
        .map(Stored::seq)
        .toList();
  }

  @Test
  void log_onRealFiles() throws Exception {
    LogOptions options = TestLog.options(FsyncPolicy.BATCH, 1 << 14);
    Gen gen = Gen.of(1);
    int events = 0;
    for (int life = 0; life < 3; life++) {
      try (DirectoryStorage storage = new DirectoryStorage(temp.resolve("log"));
          SegmentedEventLog log = open(storage, options, new LiveTail(1 << 18, 1 << 14))) {
        for (int i = 0; i < 20; i++) {
          log.append(List.of(Events.raw(gen, 900), Events.raw(gen, gen.between(2, 30_000))));
          events += 2;
        }
        assertThat(seqs(log)).hasSize(events);
        assertThat(log.nextSeq()).isEqualTo(LogOptions.LOWEST_SEQ + events);
      }
    }
  }

  /** Offsets beyond 2 GB: a segment may be as large as the operator likes. */
  @Test
  void log_withASegmentOverTwoGigabytes() throws Exception {
    Path directory = temp.resolve("log");
    LogOptions options = TestLog.options(FsyncPolicy.NEVER, 1L << 12);
    OutboundEvent event = Events.identity(1, 3000);
    LiveTail tail = new LiveTail(1 << 18, 1 << 14);
    long first = LogOptions.LOWEST_SEQ;
    try (DirectoryStorage storage = new DirectoryStorage(directory);
        SegmentedEventLog log = open(storage, options, tail)) {
      log.append(List.of(event, event));
      log.append(List.of(event));
    }
    // The first segment gets a hole of 5 GB between its two records, and an index that knows it.
    Path segment = directory.resolve(SegmentLayout.fileName(first));
    byte[] all = Files.readAllBytes(segment);
    int half = (all.length - 64) / 2;
    long far = 5L << 30;
    try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
      file.setLength(64 + half);
      file.seek(far);
      file.write(all, 64 + half, half);
    }
    SegmentIndex index = new SegmentIndex();
    index.add(first, 64);
    index.add(first + 1, far);
    try (DirectoryStorage storage = new DirectoryStorage(directory)) {
      index.save(storage, first, far + half);
      try (SegmentedEventLog log = open(storage, options, tail)) {
        assertThat(log.bytes()).isGreaterThan(far);
        assertThat(seqs(log)).containsExactly(first, first + 1, first + 2);
        List<Long> offsets = new ArrayList<>();
        try (LogFile file = storage.openToRead(segment.getFileName().toString())) {
          long end =
              new SegmentScan(file, RecordLayout.mark(TestLog.KEY_ID))
                  .run(
                      far - 80_000,
                      first,
                      new SegmentScan.Visitor() {
                        @Override
                        public void record(ByteBuffer buffer, int at, long offset) {
                          offsets.add(offset);
                        }

                        @Override
                        public void hole(long from, long to) {
                          offsets.add(-to);
                        }
                      });
          assertThat(end).isEqualTo(far + half);
        }
        assertThat(offsets).containsExactly(-far, far);
      }
    }
  }
}
