// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import dev.atprotojava.car.CarException;
import dev.atprotojava.car.CarStream;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.identity.Identity;
import dev.atprotojava.identity.IdentityDirectory;
import dev.atprotojava.identity.IdentityLookup;
import dev.atprotojava.identity.PdsEndpoint;
import dev.atprotojava.repo.InvalidRepoException;
import dev.atprotojava.repo.RepoCommit;
import dev.atprotojava.repo.RepoReader;
import dev.atprotojava.repo.RepoReaderOptions;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.RepoState;
import dev.atprotojava.sync.SyncLimits;
import dev.atprotojava.sync.client.DeliveryLedger.Fetch;
import dev.atprotojava.sync.client.RepoStateStore.All;
import dev.atprotojava.sync.client.RepoStateStore.Change;
import dev.atprotojava.sync.client.RepoStateStore.Row;
import dev.atprotojava.sync.client.RepoStateStore.RowChange;
import dev.atprotojava.sync.client.VerifiedEvent.Created;
import dev.atprotojava.sync.client.VerifiedEvent.Deleted;
import dev.atprotojava.sync.client.VerifiedEvent.Updated;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Nsid;
import dev.atprotojava.syntax.RecordPath;
import dev.atprotojava.syntax.Tid;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches one repository and hands over how it differs from what was handed over before (SC-70 to
 * SC-72).
 *
 * <p>Always the whole repository: a server's differences since a revision do not say what was
 * deleted and prove nothing (SC-78).
 *
 * <p>The repository is read twice: once as it comes, when all of it is verified and kept in a
 * temporary file, and once from there, when the differences are handed over. So nothing is handed
 * over of a repository that turns out not to be whole, and a consumer that takes its time holds no
 * server up.
 *
 * <p>The host that we follow is asked first, who may send us to the account's server (SC-70); where
 * that fails the server itself. What that says of the account counts (SC-76). Runs on a thread of
 * its own.
 */
final class RepoFetch {
  private static final Logger LOG = LoggerFactory.getLogger(RepoFetch.class);
  private static final int PAGE_ROWS = 500;
  private static final long STORED_TIMEOUT_NANOS = TimeUnit.MINUTES.toNanos(10);
  private static final Duration TOO_MANY_REQUESTS = Duration.ofSeconds(10);

  private final IdentityDirectory directory;
  private final RepoServers servers;
  private final URI upstream;
  private final HostLimits hosts;
  private final DeliveryLedger ledger;
  private final RepoStateStore store;
  private final Predicate<Nsid> collections;
  private final RepoReaderOptions limits;
  private final @Nullable Path directoryOfFiles;
  private final InstantSource clock;
  private final RandomGenerator random;

  RepoFetch(
      IdentityDirectory directory,
      RepoServers servers,
      URI upstream,
      HostLimits hosts,
      DeliveryLedger ledger,
      RepoStateStore store,
      Predicate<Nsid> collections,
      RepoReaderOptions limits,
      @Nullable Path directoryOfFiles,
      InstantSource clock,
      RandomGenerator random) {
    this.directory = directory;
    this.servers = servers;
    this.upstream = upstream;
    this.hosts = hosts;
    this.ledger = ledger;
    this.store = store;
    this.collections = collections;
    this.limits = limits;
    this.directoryOfFiles = directoryOfFiles;
    this.clock = clock;
    this.random = random;
  }

  /** One account's. */
  record Task(Did did, DeliveryLedger.Account account, Fetch fetch, @Nullable Tid atLeast) {}

  /**
   * Where an account lives.
   *
   * @param host the server's name, by which it is left alone
   * @param asked when the directory was asked, which may have answered from memory
   */
  private record Home(Identity identity, URI server, String host, Instant asked) {}

  /**
   * Fetches, and says how that went: whatever is wrong with one account, its identity or its server
   * ends with it. Only our own trouble does not.
   *
   * @throws RepoStoreException if the store fails
   */
  ResyncOutcome run(Task task) throws InterruptedException {
    try {
      return resolveAndFetch(task);
    } catch (RepoStoreException e) {
      throw e;
    } catch (RuntimeException e) {
      return unexpected(task, "", e);
    }
  }

  private static ResyncOutcome unexpected(Task task, String host, RuntimeException e) {
    LOG.warn("did={} cannot be fetched", task.did(), e);
    return failed(host, e.toString());
  }

  private ResyncOutcome resolveAndFetch(Task task) throws InterruptedException {
    Instant asked = clock.instant();
    return switch (directory.lookup(task.did())) {
      case IdentityLookup.Found(Identity identity) -> {
        PdsEndpoint pds = identity.pds();
        if (pds == null || !identity.hasSigningKey()) {
          yield failed("", "the account has no server or no key");
        }
        URI server = URI.create(pds.toString());
        Home home = new Home(identity, server, SyncClient.server(server), asked);
        Duration busy = hosts.enter(home.host());
        if (!busy.isZero()) {
          yield new ResyncOutcome.HostBusy(home.host(), busy);
        }
        try {
          yield fetch(task, home);
        } finally {
          hosts.leave(home.host());
        }
      }
      case IdentityLookup.Tombstoned ended -> new ResyncOutcome.Refused(AccountStatus.DELETED);
      case IdentityLookup.NotFound none -> failed("", "there is no such identity");
      case IdentityLookup.Unresolvable never -> failed("", "the identity cannot be resolved");
      case IdentityLookup.Unavailable later -> {
        Duration wait = Duration.between(clock.instant(), later.retryAt());
        yield new ResyncOutcome.Failed("", "identity: " + later.reason(), RetryAfter.bounded(wait));
      }
    };
  }

  private static ResyncOutcome.Failed failed(String host, String reason) {
    return new ResyncOutcome.Failed(host, reason, Duration.ZERO);
  }

  private ResyncOutcome fetch(Task task, Home home) throws InterruptedException {
    try (RepoFile file = new RepoFile(directoryOfFiles)) {
      Set<URI> from = new LinkedHashSet<>(List.of(upstream));
      from.add(home.server());
      ResyncOutcome outcome = new ResyncOutcome.CalledOff();
      for (URI server : from) {
        if (ledger.isCancelled(task.fetch())) {
          return new ResyncOutcome.CalledOff();
        }
        Duration paused = hosts.pausedFor(SyncClient.server(server));
        if (!paused.isZero()) {
          outcome = new ResyncOutcome.HostBusy(home.host(), paused);
          continue;
        }
        outcome = fetch(task, home, server, file);
        if (!(outcome instanceof ResyncOutcome.Failed)) {
          return outcome;
        }
      }
      return outcome;
    } catch (IOException e) {
      return failed(home.host(), "temporary file: " + e.getMessage());
    }
  }

  private ResyncOutcome fetch(Task task, Home home, URI server, RepoFile file)
      throws InterruptedException {
    String host = home.host();
    try {
      RepoCommit commit;
      PublicKey key = key(home.identity());
      Instant doubt = clock.instant();
      try {
        commit = download(task, key, server, file);
      } catch (InvalidRepoException e) {
        if (e.reason() != InvalidRepoException.Reason.SIGNATURE) {
          throw e;
        }
        PublicKey now = refreshed(task.did(), doubt); // SC-91
        if (now == null || now.equals(key)) {
          throw e;
        }
        key = now;
        commit = download(task, key, server, file);
      }
      return handOver(task, host, key, commit, file);
    } catch (XrpcException e) {
      if (server.equals(home.server()) && e.accountStatus().isPresent()) {
        return refused(task, home, e.accountStatus().get(), String.valueOf(e.getMessage()));
      }
      Duration wait = e.retryAfter().orElse(Duration.ZERO);
      if (e.status() == 429) {
        wait = e.retryAfter().orElse(TOO_MANY_REQUESTS);
        hosts.pause(e.server(), wait); // SC-75: whoever said it, also behind a redirect
      }
      return new ResyncOutcome.Failed(
          host, server.getRawAuthority() + " says " + e.getMessage(), wait);
    } catch (InterruptedIOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted");
      }
      return failed(host, server.getRawAuthority() + ": " + e.getMessage());
    } catch (IOException | InvalidRepoException | CarException e) {
      return failed(host, server.getRawAuthority() + ": " + e.getMessage());
    } catch (RepoStoreException e) {
      throw e;
    } catch (RuntimeException e) {
      return unexpected(task, host, e); // the next server may do better
    }
  }

  /**
   * Only the account's own server may say what becomes of it, and who that is may be remembered
   * from long ago: a server that an account has left says the same as one that has ended it (SC-76,
   * SC-83).
   */
  private ResyncOutcome refused(Task task, Home home, AccountStatus status, String said) {
    IdentityLookup now = new IdentityLookup.Found(home.identity());
    if (!now.isAsOf(home.asked())) {
      Instant doubt = clock.instant();
      now = directory.refresh(task.did());
      if (!now.isAsOf(doubt)) {
        return failed(home.host(), home.host() + " says " + said + ", and may be the old server");
      }
    }
    return switch (now) {
      case IdentityLookup.Found(Identity identity)
          when Objects.equals(identity.pds(), home.identity().pds()) ->
          new ResyncOutcome.Refused(status);
      case IdentityLookup.Tombstoned ended -> new ResyncOutcome.Refused(AccountStatus.DELETED);
      case IdentityLookup.Found moved ->
          failed(
              home.host(), home.host() + " says " + said + ", but another server is the account's");
      case IdentityLookup.NotFound none ->
          failed(home.host(), "there is no such identity any more");
      case IdentityLookup.Unresolvable never -> failed("", "the identity cannot be resolved");
      case IdentityLookup.Unavailable later -> failed(home.host(), "identity: " + later.reason());
    };
  }

  private static PublicKey key(Identity identity) {
    PublicKey key = identity.signingKey();
    if (key == null) {
      throw new IllegalStateException("an identity without a key");
    }
    return key;
  }

  private @Nullable PublicKey refreshed(Did did, Instant doubt) {
    IdentityLookup now = directory.refresh(did);
    return now.isAsOf(doubt) && now instanceof IdentityLookup.Found(Identity identity)
        ? identity.signingKey()
        : null;
  }

  /** Reads it all and keeps it, and gives its commit when all of it was verified. */
  private RepoCommit download(Task task, PublicKey key, URI server, RepoFile file)
      throws IOException {
    try (OutputStream copy = file.write();
        RepoReader repo =
            open(new Tee(servers.getRepo(server, task.did()), copy), task.did(), key)) {
      Tid rev = repo.commit().rev();
      Tid atLeast = task.atLeast();
      if (atLeast != null && rev.compareTo(atLeast) < 0) { // SC-71
        throw new IOException("a repository older than what is known");
      }
      if (rev.instant().isAfter(clock.instant().plus(SyncLimits.CLOCK_SKEW))) { // SC-57
        throw new IOException("a repository of the future");
      }
      while (repo.next()) {
        if (ledger.isCancelled(task.fetch())) {
          throw new IOException("called off");
        }
      }
      return repo.commit();
    }
  }

  private RepoReader open(InputStream in, Did did, PublicKey key) throws IOException {
    CarStream car = CarStream.open(in);
    return RepoReader.open(
        car,
        limits.signedBy(did, key::verifyDigest).spillingTo(new FileBlockSpill(directoryOfFiles)),
        random);
  }

  private ResyncOutcome handOver(
      Task task, String host, PublicKey key, RepoCommit commit, RepoFile file)
      throws IOException, InterruptedException {
    // What is under way of the account decides what the differences are.
    if (!ledger.awaitStored(task.account(), task.fetch(), STORED_TIMEOUT_NANOS)) {
      return ledger.isCancelled(task.fetch())
          ? new ResyncOutcome.CalledOff()
          : failed(host, "what was handed over before is not acknowledged");
    }
    Tid rev = commit.rev();
    Table table = new Table(task.did());
    try (RepoReader repo = open(file.read(), task.did(), key)) {
      while (repo.next()) {
        RecordPath path = repo.path();
        if (!collections.test(path.collection())) {
          continue;
        }
        if (!deleteUpTo(path, table, task, rev)) {
          return new ResyncOutcome.CalledOff();
        }
        Row row = table.peek();
        Cid known = null;
        if (row != null && row.path().equals(path)) {
          known = row.cid();
          table.next();
        }
        if (repo.cid().equals(known)) {
          continue;
        }
        VerifiedEvent event =
            known != null
                ? new Updated(task.did(), rev, path, repo.cid(), repo.block())
                : new Created(task.did(), rev, path, repo.cid(), repo.block());
        if (!add(task, event, new RowChange.Known(path, repo.cid()))) {
          return new ResyncOutcome.CalledOff();
        }
      }
    }
    return deleteUpTo(null, table, task, rev)
        ? new ResyncOutcome.Done(new RepoState(rev, commit.data(), commit.cid()))
        : new ResyncOutcome.CalledOff();
  }

  /** Hands over that what is before a path, or all that is left, is there no more (SC-72). */
  private boolean deleteUpTo(@Nullable RecordPath path, Table table, Task task, Tid rev)
      throws InterruptedException {
    for (Row row = table.peek();
        row != null && (path == null || row.path().compareTo(path) < 0);
        row = table.peek()) {
      table.next();
      if (!add(task, new Deleted(task.did(), rev, row.path()), new RowChange.Gone(row.path()))) {
        return false;
      }
    }
    return true;
  }

  private boolean add(Task task, VerifiedEvent event, RowChange row) throws InterruptedException {
    Change change = new Change(task.did(), null, All.KEEP, List.of(row));
    return ledger.add(task.fetch(), task.account(), event, change);
  }

  /**
   * The stored records in order, a page at a time. What is handed over meanwhile changes only rows
   * that have been passed.
   */
  private final class Table {
    private final Did did;
    private List<Row> page = List.of();
    private int at;
    private @Nullable RecordPath last;
    private boolean ended;

    Table(Did did) {
      this.did = did;
    }

    @Nullable Row peek() {
      if (at == page.size() && !ended) {
        page = store.records(did, last, PAGE_ROWS);
        at = 0;
        ended = page.size() < PAGE_ROWS;
        if (!page.isEmpty()) {
          last = page.getLast().path();
        }
      }
      return at < page.size() ? page.get(at) : null;
    }

    void next() {
      at++;
    }
  }

  /** Writes down what is read. */
  private static final class Tee extends FilterInputStream {
    private final OutputStream copy;

    Tee(InputStream in, OutputStream copy) {
      super(in);
      this.copy = copy;
    }

    @Override
    public int read() throws IOException {
      int read = in.read();
      if (read >= 0) {
        copy.write(read);
      }
      return read;
    }

    @Override
    public int read(byte[] out, int offset, int length) throws IOException {
      int read = in.read(out, offset, length);
      if (read > 0) {
        copy.write(out, offset, read);
      }
      return read;
    }

    @Override
    public long skip(long count) throws IOException {
      return readNBytes((int) Math.min(count, 1 << 16)).length;
    }
  }
}
