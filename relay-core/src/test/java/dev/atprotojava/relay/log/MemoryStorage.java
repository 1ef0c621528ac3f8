// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import dev.atprotojava.testing.Gen;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A directory in memory that knows what of it is durable, and so what a crash leaves behind.
 *
 * <p>Of each file it keeps the bytes as written and the bytes as last forced; of the directory the
 * names as they are, as last synced, and the changes between, in order. A crash makes a new storage
 * and leaves this one as it is, so that one run can crash at any number of places:
 *
 * <ul>
 *   <li>{@link #afterKill}: the process died. Everything written is there, but no more durable than
 *       before.
 *   <li>{@link #afterPowerLoss()}: only what was durable is there.
 *   <li>{@link #afterPowerLoss(Gen)}: what was durable, and of the rest some: some of the changes
 *       of the directory, in order; of each file any length between, and any of the sectors.
 * </ul>
 *
 * <p>Operations can be told to fail, and be watched. Thread-safe.
 */
final class MemoryStorage implements LogStorage {
  /** What can fail. */
  enum Operation {
    LIST,
    CREATE,
    OPEN,
    APPEND,
    READ,
    TRUNCATE,
    FORCE,
    RENAME,
    DELETE,
    SYNC_DIRECTORY
  }

  private static final int SECTOR = 512;

  /** Bytes that grow at their end. */
  private static final class Content {
    byte[] array = new byte[0];
    int size;

    void set(Content from, int start) {
      reserve(from.size);
      System.arraycopy(from.array, start, array, start, from.size - start);
      size = from.size;
    }

    void append(ByteBuffer bytes, int count) {
      reserve(size + count);
      bytes.get(array, size, count);
      size += count;
    }

    private void reserve(int capacity) {
      if (array.length < capacity) {
        array = Arrays.copyOf(array, Math.max(capacity, array.length * 2));
      }
    }

    byte[] toByteArray() {
      return Arrays.copyOf(array, size);
    }
  }

  /** The bytes of a file, whatever its name. */
  private static final class Inode {
    final Content written = new Content();
    final Content forced = new Content();

    /** Below this both are the same. */
    int same;

    Inode() {}

    Inode(byte[] bytes) {
      set(bytes);
    }

    void set(byte[] bytes) {
      written.array = bytes.clone();
      written.size = bytes.length;
      force();
    }

    void force() {
      forced.set(written, Math.min(same, forced.size));
      same = written.size;
    }

    Inode copy() {
      Inode copy = new Inode();
      copy.written.set(written, 0);
      copy.forced.set(forced, 0);
      copy.same = same;
      return copy;
    }
  }

  /** A change of the directory. */
  private interface Change {
    void apply(Map<String, Inode> names);
  }

  private final Map<String, Inode> names = new TreeMap<>();
  private final Map<String, Inode> synced = new TreeMap<>();
  private final List<Change> unsynced = new ArrayList<>();
  private final Map<Operation, Integer> failures = new EnumMap<>(Operation.class);
  private Consumer<Operation> watcher = operation -> {};
  private long volumeBytes = Long.MAX_VALUE / 8;
  private int openFiles;

  // Crashes.

  /** What a new process finds after this one died. */
  synchronized MemoryStorage afterKill() {
    MemoryStorage next = new MemoryStorage();
    IdentityHashMap<Inode, Inode> copies = new IdentityHashMap<>();
    names.forEach((name, inode) -> next.names.put(name, copy(inode, copies)));
    synced.forEach((name, inode) -> next.synced.put(name, copy(inode, copies)));
    // The changes between are given up as one; a power loss after it takes all or none of them.
    if (!unsynced.isEmpty()) {
      Map<String, Inode> now = new TreeMap<>(next.names);
      next.unsynced.add(
          map -> {
            map.clear();
            map.putAll(now);
          });
    }
    next.volumeBytes = volumeBytes;
    return next;
  }

  /** What is there after a power loss that took everything that was not durable. */
  synchronized MemoryStorage afterPowerLoss() {
    return rebooted(synced, inode -> inode.forced.toByteArray());
  }

  /** What is there after a power loss that took some of what was not durable. */
  synchronized MemoryStorage afterPowerLoss(Gen gen) {
    Map<String, Inode> left = new TreeMap<>(synced);
    int kept = gen.between(0, unsynced.size());
    unsynced.subList(0, kept).forEach(change -> change.apply(left));
    return rebooted(left, inode -> torn(inode, gen));
  }

  private interface Contents {
    byte[] of(Inode inode);
  }

  private MemoryStorage rebooted(Map<String, Inode> left, Contents contents) {
    MemoryStorage next = new MemoryStorage();
    left.forEach(
        (name, inode) -> {
          Inode survivor = new Inode(contents.of(inode));
          next.names.put(name, survivor);
          next.synced.put(name, survivor);
        });
    next.volumeBytes = volumeBytes;
    return next;
  }

  private static byte[] torn(Inode inode, Gen gen) {
    Content written = inode.written;
    int low = Math.min(written.size, inode.forced.size);
    int high = Math.max(written.size, inode.forced.size);
    int size = gen.oneIn(3) ? written.size : gen.between(low, high);
    byte[] left = Arrays.copyOf(inode.forced.toByteArray(), size);
    boolean holes = gen.oneIn(2);
    for (int from = inode.same; from < size; ) {
      int to = Math.min(size, (from / SECTOR + 1) * SECTOR);
      int here = Math.min(to, written.size) - from;
      if (here > 0 && !(holes && gen.oneIn(3))) {
        System.arraycopy(written.array, from, left, from, here);
      }
      from = to;
    }
    return left;
  }

  private static Inode copy(Inode inode, IdentityHashMap<Inode, Inode> copies) {
    return copies.computeIfAbsent(inode, Inode::copy);
  }

  // What a test may ask and do.

  /** Lets one call fail: the next, or that after {@code calls} more. Half of an append is done. */
  synchronized void failAfter(Operation operation, int calls) {
    failures.put(operation, calls);
  }

  /** Is told of each operation before it is done. */
  synchronized void watch(Consumer<Operation> newWatcher) {
    watcher = newWatcher;
  }

  /** The bytes of a file. */
  synchronized byte[] bytes(String name) {
    return inodeOf(name).written.toByteArray();
  }

  /** Puts bytes into a file, durably, as damage or as what another program wrote. */
  synchronized void put(String name, byte[] bytes) {
    Inode inode = names.computeIfAbsent(name, created -> new Inode());
    synced.put(name, inode);
    inode.same = 0;
    inode.set(bytes);
  }

  /** Flips a bit of a file, durably. */
  synchronized void flip(String name, long bit) {
    byte[] bytes = bytes(name);
    bytes[(int) (bit >>> 3)] ^= (byte) (1 << (bit & 7));
    put(name, bytes);
  }

  /** The names of the files that end in this, in order. */
  synchronized List<String> names(String suffix) {
    return names.keySet().stream().filter(name -> name.endsWith(suffix)).toList();
  }

  /** How many files are open. */
  synchronized int openFiles() {
    return openFiles;
  }

  synchronized void volumeBytes(long bytes) {
    volumeBytes = bytes;
  }

  private Inode inodeOf(String name) {
    Inode inode = names.get(name);
    if (inode == null) {
      throw new IllegalArgumentException("no file " + name);
    }
    return inode;
  }

  // The seam.

  private boolean fails(Operation operation) {
    Integer left = failures.get(operation);
    if (left == null) {
      return false;
    }
    if (left == 0) {
      failures.remove(operation);
      return true;
    }
    failures.put(operation, left - 1);
    return false;
  }

  private void begin(Operation operation) throws IOException {
    watcher.accept(operation);
    if (operation != Operation.APPEND && fails(operation)) {
      throw new IOException("injected: " + operation);
    }
  }

  private void change(Change change) {
    change.apply(names);
    unsynced.add(change);
  }

  @Override
  public synchronized List<String> list() throws IOException {
    begin(Operation.LIST);
    return List.copyOf(names.keySet());
  }

  @Override
  public synchronized LogFile create(String name) throws IOException {
    begin(Operation.CREATE);
    if (names.containsKey(name)) {
      throw new FileAlreadyExistsException(name);
    }
    Inode inode = new Inode();
    change(map -> map.put(name, inode));
    return new OpenFile(inode, true);
  }

  @Override
  public synchronized LogFile open(String name) throws IOException {
    return opened(name, true);
  }

  @Override
  public synchronized LogFile openToRead(String name) throws IOException {
    return opened(name, false);
  }

  private LogFile opened(String name, boolean writable) throws IOException {
    begin(Operation.OPEN);
    Inode inode = names.get(name);
    if (inode == null) {
      throw new NoSuchFileException(name);
    }
    return new OpenFile(inode, writable);
  }

  @Override
  public synchronized void rename(String from, String to) throws IOException {
    begin(Operation.RENAME);
    Inode inode = names.get(from);
    if (inode == null) {
      throw new NoSuchFileException(from);
    }
    change(
        map -> {
          map.remove(from);
          map.put(to, inode);
        });
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    begin(Operation.DELETE);
    if (names.containsKey(name)) {
      change(map -> map.remove(name));
    }
  }

  @Override
  public synchronized void syncDirectory() throws IOException {
    begin(Operation.SYNC_DIRECTORY);
    synced.clear();
    synced.putAll(names);
    unsynced.clear();
  }

  @Override
  public synchronized long volumeBytes() {
    return volumeBytes;
  }

  private final class OpenFile implements LogFile {
    private final Inode inode;
    private final boolean writable;
    private boolean open = true;

    OpenFile(Inode inode, boolean writable) {
      this.inode = inode;
      this.writable = writable;
      openFiles++;
    }

    private void begin(Operation operation) throws IOException {
      if (!open) {
        throw new IOException("closed");
      }
      if (!writable && operation != Operation.READ) {
        throw new IOException("opened for reading only");
      }
      MemoryStorage.this.begin(operation);
    }

    @Override
    public void append(ByteBuffer bytes) throws IOException {
      synchronized (MemoryStorage.this) {
        begin(Operation.APPEND);
        boolean fails = fails(Operation.APPEND);
        int count = fails ? bytes.remaining() / 2 : bytes.remaining();
        inode.written.append(bytes, count);
        if (fails) {
          throw new IOException("injected: " + Operation.APPEND);
        }
      }
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      synchronized (MemoryStorage.this) {
        begin(Operation.READ);
        int count = (int) Math.min(into.remaining(), inode.written.size - position);
        if (count <= 0) {
          return 0;
        }
        into.put(inode.written.array, (int) position, count);
        return count;
      }
    }

    @Override
    public long size() {
      synchronized (MemoryStorage.this) {
        return inode.written.size;
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      synchronized (MemoryStorage.this) {
        begin(Operation.TRUNCATE);
        if (size < inode.written.size) {
          inode.written.size = (int) size;
          inode.same = (int) Math.min(inode.same, size);
        }
      }
    }

    @Override
    public void force() throws IOException {
      synchronized (MemoryStorage.this) {
        begin(Operation.FORCE);
        inode.force();
      }
    }

    @Override
    public void close() {
      synchronized (MemoryStorage.this) {
        if (open) {
          open = false;
          openFiles--;
        }
      }
    }
  }
}
