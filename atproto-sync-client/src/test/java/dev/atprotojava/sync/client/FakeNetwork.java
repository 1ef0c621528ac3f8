// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.identity.Identity;
import dev.atprotojava.identity.IdentityDirectory;
import dev.atprotojava.identity.IdentityLookup;
import dev.atprotojava.identity.PdsEndpoint;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.syntax.Did;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A host, its accounts and a directory, in memory: what a firehose needs of the world. Its stream
 * is a list of messages; a connection waits at the end of it until there are more, or it is broken.
 */
final class FakeNetwork implements FrameTransport, RepoServers, IdentityDirectory {
  static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  static final URI HOST = URI.create("wss://pds.example.com");
  static final Duration HOUR = Duration.ofHours(1);

  private final List<Bytes> messages = new ArrayList<>(); // of seq 1, 2, 3...
  private final Map<Did, FakeAccount> accounts = new LinkedHashMap<>();
  private final Map<Did, Identity> cached = new HashMap<>();
  private final Set<Connection> open = new HashSet<>();
  private final Deque<Answer> repoAnswers = new ArrayDeque<>();
  private final Map<Did, PdsEndpoint> homes = new HashMap<>();
  private boolean directoryDown;
  private Runnable beforeStatus = () -> {};
  final List<String> asked = new CopyOnWriteArrayList<>();
  final List<String> dialled = new ArrayList<>();
  private Runnable beforeRepo = () -> {};

  synchronized void add(FakeAccount account) {
    accounts.put(account.did, account);
    homes.put(
        account.did, PdsEndpoint.parse("https://pds.example.com", AddressPolicy.publicOnly()));
  }

  void move(FakeAccount account, String home) {
    move(account, PdsEndpoint.parse(home, AddressPolicy.publicOnly()));
  }

  synchronized void move(FakeAccount account, PdsEndpoint home) {
    homes.put(account.did, home);
  }

  synchronized void directoryDown(boolean down) {
    directoryDown = down;
  }

  /** What a request for a repository is answered with. */
  interface Answer {
    InputStream give() throws IOException;
  }

  /** The next request for a repository is answered like this. */
  synchronized void answerRepo(Answer answer) {
    repoAnswers.add(answer);
  }

  /** The next request for a repository fails like this. */
  void failRepo(IOException failure) {
    answerRepo(
        () -> {
          throw failure;
        });
  }

  /** What happens at every question after a status, before the answer. */
  synchronized void beforeStatus(Runnable event) {
    beforeStatus = event;
  }

  synchronized void beforeRepo(Runnable event) {
    beforeRepo = event;
  }

  /** Sends a message; its number. */
  synchronized long send(MapValue message) {
    Map<String, CborValue> body = new TreeMap<>(message.entries());
    CborValue type = Objects.requireNonNull(body.remove("$t"));
    long seq = messages.size() + 1L;
    body.put("seq", new CborValue.IntegerValue(seq));
    byte[] header = CborValue.map().put("op", 1).put("t", type).build().encode().toByteArray();
    byte[] rest = new MapValue(body).encode().toByteArray();
    byte[] all = new byte[header.length + rest.length];
    System.arraycopy(header, 0, all, 0, header.length);
    System.arraycopy(rest, 0, all, header.length, rest.length);
    messages.add(Bytes.wrap(all));
    notifyAll();
    return seq;
  }

  /** Says that the stream has a gap. */
  synchronized void outdated() {
    byte[] header = CborValue.map().put("op", 1).put("t", "#info").build().encode().toByteArray();
    byte[] body = CborValue.map().put("name", "OutdatedCursor").build().encode().toByteArray();
    byte[] all = new byte[header.length + body.length];
    System.arraycopy(header, 0, all, 0, header.length);
    System.arraycopy(body, 0, all, header.length, body.length);
    messages.add(Bytes.wrap(all));
    notifyAll();
  }

  /** Breaks all connections. */
  synchronized void breakConnections() {
    for (Connection connection : open) {
      connection.broken = true;
    }
    notifyAll();
  }

  @Override
  public synchronized FrameConnection connect(URI stream) {
    String query = stream.getQuery();
    dialled.add(String.valueOf(query));
    int at =
        query == null ? messages.size() : Integer.parseInt(query.substring("cursor=".length()));
    Connection connection = new Connection(at);
    open.add(connection);
    return connection;
  }

  /** One reader of the stream. */
  private final class Connection implements FrameConnection {
    private int at;
    private boolean broken;

    Connection(int at) {
      this.at = at;
    }

    @Override
    public Optional<String> server() {
      return Optional.empty();
    }

    @Override
    public Arrival await() throws IOException {
      synchronized (FakeNetwork.this) {
        while (at >= messages.size() && !broken) {
          try {
            FakeNetwork.this.wait();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted");
          }
        }
        if (broken) {
          throw new IOException("broken");
        }
        return Arrival.BINARY;
      }
    }

    @Override
    public int announcedBytes() {
      synchronized (FakeNetwork.this) {
        return messages.get(at).length();
      }
    }

    @Override
    public @Nullable Bytes read() {
      synchronized (FakeNetwork.this) {
        return messages.get(at++);
      }
    }

    @Override
    public void discard() {
      read();
    }

    @Override
    public String closeReason() {
      return "";
    }

    @Override
    public long heardNanos() {
      return System.nanoTime();
    }

    @Override
    public void ping() {}

    @Override
    public void abort() {
      synchronized (FakeNetwork.this) {
        broken = true;
        open.remove(this);
        FakeNetwork.this.notifyAll();
      }
    }

    @Override
    public void close() {
      abort();
    }
  }

  @Override
  public InputStream getRepo(URI server, Did did) throws IOException {
    FakeAccount account;
    Runnable event;
    synchronized (this) {
      asked.add("getRepo " + server.getHost() + " " + did);
      Answer answer = repoAnswers.poll();
      if (answer != null) {
        return answer.give();
      }
      account = accounts.get(did);
      event = beforeRepo;
      beforeRepo = () -> {};
    }
    event.run();
    if (account == null || account.head() == null) {
      throw new XrpcException(400, "RepoNotFound", server.getHost(), null);
    }
    switch (account.status()) {
      case ACTIVE -> {}
      case TAKENDOWN -> throw new XrpcException(400, "RepoTakendown", server.getHost(), null);
      case SUSPENDED -> throw new XrpcException(400, "RepoSuspended", server.getHost(), null);
      case DELETED -> throw new XrpcException(400, "RepoNotFound", server.getHost(), null);
      case DEACTIVATED, DESYNCHRONIZED, THROTTLED, INACTIVE ->
          throw new XrpcException(400, "RepoDeactivated", server.getHost(), null);
    }
    return new ByteArrayInputStream(account.export());
  }

  @Override
  public AccountStatus getRepoStatus(URI server, Did did) throws IOException {
    FakeAccount account;
    Runnable event;
    synchronized (this) {
      asked.add("getRepoStatus " + server.getHost() + " " + did);
      account = accounts.get(did);
      event = beforeStatus;
    }
    event.run();
    if (account == null) {
      throw new XrpcException(400, "RepoNotFound", server.getHost(), null);
    }
    return account.status();
  }

  @Override
  public void close() {}

  private synchronized IdentityLookup now(Did did) {
    FakeAccount account = accounts.get(did);
    if (directoryDown) {
      return new IdentityLookup.Unavailable(IdentityLookup.Unavailable.Reason.TIMEOUT, NOW);
    }
    if (account == null) {
      return new IdentityLookup.NotFound(did, NOW);
    }
    Identity identity = Identity.of(did, null, homes.get(did), account.key().publicKey(), NOW);
    // What is remembered was asked for in the past.
    cached.put(
        did, Identity.of(did, null, homes.get(did), account.key().publicKey(), NOW.minus(HOUR)));
    return new IdentityLookup.Found(identity);
  }

  @Override
  public synchronized CompletableFuture<IdentityLookup> lookupAsync(Did did) {
    Identity known = cached.get(did);
    return CompletableFuture.completedFuture(
        known == null ? now(did) : new IdentityLookup.Found(known));
  }

  @Override
  public synchronized CompletableFuture<IdentityLookup> refreshAsync(Did did) {
    asked.add("refresh " + did);
    return CompletableFuture.completedFuture(now(did));
  }

  @Override
  public synchronized @Nullable IdentityLookup cached(Did did) {
    Identity known = cached.get(did);
    return known == null ? null : new IdentityLookup.Found(known);
  }

  @Override
  public synchronized void markStale(Did did) {
    cached.remove(did);
  }
}
