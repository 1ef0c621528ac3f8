// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.scenario;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.crypto.DidKey;
import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.identity.Identity;
import dev.atprotojava.identity.IdentityLookup;
import dev.atprotojava.identity.PdsEndpoint;
import dev.atprotojava.interop.scenario.Scenario.Entry;
import dev.atprotojava.relay.IdentitySource;
import dev.atprotojava.relay.StatusSource;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.client.FrameConnection;
import dev.atprotojava.sync.client.FrameTransport;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Handle;
import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Hosts, a directory, and statuses, as the steps of a scenario say. */
final class ScriptedWorld implements FrameTransport, IdentitySource, StatusSource {
  private final InstantSource clock;
  private final Map<String, Host> hosts = new ConcurrentHashMap<>();
  private final Map<Did, IdentityLookup> directory = new ConcurrentHashMap<>();
  private final Map<Did, IdentityLookup> remembered = new ConcurrentHashMap<>();
  private final Map<String, AccountStatus> statuses = new ConcurrentHashMap<>();

  ScriptedWorld(InstantSource clock) {
    this.clock = clock;
  }

  void directory(Did did, @Nullable Entry entry) {
    directory.put(did, lookup(did, entry));
  }

  private IdentityLookup lookup(Did did, @Nullable Entry entry) {
    if (entry == null) {
      return new IdentityLookup.Tombstoned(did, clock.instant());
    }
    return new IdentityLookup.Found(
        Identity.of(
            did,
            Handle.parse(entry.handle()),
            entry.pds() == null
                ? null
                : PdsEndpoint.parse("https://" + entry.pds(), AddressPolicy.publicOnly()),
            entry.key() == null ? null : DidKey.parse(entry.key()),
            clock.instant()));
  }

  void status(String host, Did did, AccountStatus status) {
    statuses.put(host + " " + did, status);
  }

  Host host(String name) {
    return hosts.computeIfAbsent(name, _ -> new Host());
  }

  @Override
  public @Nullable IdentityLookup cached(Did did) {
    return remembered.get(did);
  }

  @Override
  public void resolve(Did did, boolean force, Consumer<IdentityLookup> whenDone) {
    IdentityLookup answer =
        directory.getOrDefault(did, new IdentityLookup.NotFound(did, clock.instant()));
    remembered.put(did, answer);
    Thread.ofVirtual().start(() -> whenDone.accept(answer));
  }

  @Override
  public void markStale(Did did) {
    remembered.remove(did);
  }

  @Override
  public boolean available() {
    return true;
  }

  @Override
  public void ask(
      String hostname, boolean secure, Did did, Consumer<Optional<AccountStatus>> whenDone) {
    Optional<AccountStatus> answer = Optional.ofNullable(statuses.get(hostname + " " + did));
    Thread.ofVirtual().start(() -> whenDone.accept(answer));
  }

  @Override
  public FrameConnection connect(URI stream) {
    return host(stream.getHost()).connect();
  }

  /** A host, and its one connection. */
  static final class Host {
    private final BlockingQueue<Bytes> messages = new LinkedBlockingQueue<>();
    private volatile boolean waiting;

    void send(Bytes message) {
      waiting = false;
      messages.add(message);
    }

    /** True if all that was sent is read, and the relay waits for more. */
    boolean isRead() {
      return waiting && messages.isEmpty();
    }

    private FrameConnection connect() {
      return new FrameConnection() {
        private @Nullable Bytes next;
        private volatile boolean aborted;

        @Override
        public Optional<String> server() {
          return Optional.empty();
        }

        @Override
        public Arrival await() throws IOException {
          try {
            waiting = messages.isEmpty();
            next = messages.take();
            waiting = false;
            return Arrival.BINARY;
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("ended", e);
          }
        }

        @Override
        public int announcedBytes() {
          return next == null ? 0 : next.length();
        }

        @Override
        public @Nullable Bytes read() {
          return next;
        }

        @Override
        public void discard() {}

        @Override
        public String closeReason() {
          return "";
        }

        @Override
        public long heardNanos() {
          return System.nanoTime();
        }

        @Override
        public void ping() throws IOException {
          if (aborted) {
            throw new IOException("ended");
          }
        }

        @Override
        public void abort() {
          aborted = true;
        }

        @Override
        public void close() {}
      };
    }
  }
}
