// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import dev.atprotojava.sync.Cursor;
import java.net.URI;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A PDS host as its subscribers see it: the accounts it has, and a numbered log of messages that
 * can be read from any cursor (SC-41). A state machine: it has neither threads nor sockets, and
 * nothing happens in it but what is called.
 *
 * <p>Thread-safe. What subscribes is told of new messages by its {@code wake} action, on the thread
 * that appended; the action must be quick.
 */
public final class SimulatedPds {
  /** How much a host keeps for replay unless told otherwise. */
  static final long WINDOW_BYTES = 64L << 20;

  private final int number;
  private final TreeMap<Integer, SimulatedAccount> accounts = new TreeMap<>();
  private final List<Runnable> wakes = new CopyOnWriteArrayList<>();
  private volatile URI endpoint;
  private volatile boolean replaysCursor;
  private MessageLog log;
  private final long windowBytes;

  SimulatedPds(int number, long windowBytes) {
    this.number = number;
    this.windowBytes = windowBytes;
    this.log = new MessageLog(windowBytes);
    this.endpoint = URI.create("https://pds" + number + ".example.com");
  }

  /** The place of the host in its network, from 0. */
  public int number() {
    return number;
  }

  /** The service endpoint that DID documents name (ID-34). */
  public URI endpoint() {
    return endpoint;
  }

  /** The hostname, with a port where it has one: what {@code requestCrawl} is told. */
  public String hostname() {
    return endpoint.getAuthority();
  }

  void serveAt(URI newEndpoint) {
    endpoint = newEndpoint;
  }

  /**
   * Whether a replay begins with the message of the cursor itself, as the specification has it and
   * few servers do (SC-42); false unless told otherwise.
   */
  public void replaysCursor(boolean inclusive) {
    replaysCursor = inclusive;
  }

  /** Logs an event under the next number, which is returned. */
  public long append(FrameBody.Event event) {
    return append(seq -> StreamMessage.of(seq, FrameEncoder.encode(event, seq)));
  }

  /**
   * Logs whatever message is made of the next number, which is returned. The message is made before
   * any subscriber can see it.
   */
  public long append(LongFunction<StreamMessage> message) {
    long seq;
    synchronized (this) {
      seq = log.nextSeq();
      log.add(message.apply(seq));
    }
    wakes.forEach(Runnable::run);
    return seq;
  }

  /** Forgets all messages and numbers from 1 again, as a host does that lost its disk. */
  public synchronized void restartSequence() {
    log = new MessageLog(windowBytes);
  }

  /** The number of the newest message, 0 if there was none. */
  public synchronized long lastSeq() {
    return log.nextSeq() - 1;
  }

  synchronized long firstSeq() {
    return log.firstSeq();
  }

  synchronized @Nullable StreamMessage find(long seq) {
    return log.find(seq);
  }

  /**
   * A reader of the log.
   *
   * @param wake is run after each append, until the reader is closed
   */
  public PdsStream subscribe(Cursor cursor, Runnable wake) {
    wakes.add(wake);
    return new PdsStream(this, cursor, replaysCursor, () -> wakes.remove(wake));
  }

  /** The number of readers that are open. */
  public int subscribers() {
    return wakes.size();
  }

  void admit(SimulatedAccount account) {
    synchronized (accounts) {
      accounts.put(account.number(), account);
    }
  }

  void dismiss(SimulatedAccount account) {
    synchronized (accounts) {
      accounts.remove(account.number());
    }
  }

  /** Accounts that have a repository here, by number, the first above {@code after}. */
  List<SimulatedAccount> accounts(int after, int limit) {
    synchronized (accounts) {
      return accounts.tailMap(after, false).values().stream().limit(limit).toList();
    }
  }
}
