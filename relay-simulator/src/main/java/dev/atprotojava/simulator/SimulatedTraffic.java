// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.cid.CidCodec;
import dev.atprotojava.repo.RecordWrite;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.syntax.RecordPath;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * What the people of a network do: they post, like, follow, edit their profiles and delete, some
 * much more than others.
 *
 * <p>Of a hundred steps, 99 are one commit each: 75 % of writes create, 15 % delete, 10 % update;
 * one commit in twenty has 2 to 10 writes. The hundredth is an {@code #identity}, a {@code #sync}
 * of the last commit, or a deactivation that is taken back at once. An account that is met for the
 * first time is introduced as a PDS does it (SC-85). A repository of {@value #FULL} records stays
 * about that size.
 *
 * <p>Belongs to one thread. The same seed on the same network gives the same steps, if nobody else
 * writes.
 */
public final class SimulatedTraffic {
  private static final int FULL = 120;
  private static final int HASH_BYTES = 32;

  private final SimulatedNetwork network;
  private final RandomGenerator random;

  /**
   * What one account does at one moment.
   *
   * @param account who
   * @param events what its host has to say of it, in order
   */
  public record Step(SimulatedAccount account, List<FrameBody.Event> events) {
    public Step {
      events = List.copyOf(events);
    }
  }

  /** Traffic on a network, with a seed of its own. */
  public SimulatedTraffic(SimulatedNetwork network, long seed) {
    this.network = network;
    this.random = new SplittableRandom(seed);
  }

  /** The next step of whoever it is. */
  public Step next() {
    // The cube makes a tenth of the accounts do almost half of everything.
    double activity = Math.pow(random.nextDouble(), 3);
    SimulatedAccount account = network.account((int) (activity * network.shape().accounts()));
    synchronized (network) {
      return account.head() == null ? introduce(account) : act(account);
    }
  }

  /** A new account: {@code #identity}, {@code #account}, and a first commit with its profile. */
  public Step introduce(SimulatedAccount account) {
    synchronized (network) {
      List<RecordWrite> writes = new ArrayList<>();
      writes.add(new RecordWrite.Create(profilePath(), profile(account)));
      for (int i = random.nextInt(4); i > 0; i--) {
        writes.add(create(account.repo()));
      }
      return new Step(
          account,
          List.of(account.toIdentity(), account.toAccount(), account.commit(writes).toCommit()));
    }
  }

  /**
   * Gives an account a past that nobody is told of: one commit of some records. What comes next
   * from it is, to a reader, the middle of a history.
   */
  public void furnish(SimulatedAccount account, int records) {
    synchronized (network) {
      List<RecordWrite> writes = new ArrayList<>();
      for (int i = 0; i < records; i++) {
        writes.add(create(account.repo()));
      }
      account.commit(writes);
    }
  }

  /** The next step of an account that has a repository. */
  public Step act(SimulatedAccount account) {
    synchronized (network) {
      return random.nextInt(100) == 0
          ? new Step(account, aside(account))
          : new Step(account, List.of(account.commit(writes(account)).toCommit()));
    }
  }

  private List<FrameBody.Event> aside(SimulatedAccount account) {
    return switch (random.nextInt(3)) {
      case 0 -> List.of(account.toIdentity());
      case 1 -> {
        SimulatedCommit head = account.head();
        yield head == null ? List.of() : List.of(head.toSync(now()));
      }
      default -> {
        account.status(AccountStatus.DEACTIVATED);
        FrameBody.Event off = account.toAccount();
        account.status(AccountStatus.ACTIVE);
        yield List.of(off, account.toAccount());
      }
    };
  }

  private List<RecordWrite> writes(SimulatedAccount account) {
    int count = random.nextInt(20) == 0 ? 2 + random.nextInt(9) : 1;
    List<RecordWrite> writes = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      RecordWrite write = write(account);
      if (writes.stream().noneMatch(other -> other.path().equals(write.path()))) {
        writes.add(write);
      }
    }
    return writes;
  }

  private RecordWrite write(SimulatedAccount account) {
    SimulatedRepo repo = account.repo();
    int size = repo.size();
    int choice = random.nextInt(100);
    int deletes = size > FULL ? 80 : 15;
    if (size > 0 && choice < deletes) {
      return new RecordWrite.Delete(repo.path(random.nextInt(size)));
    }
    if (size > 0 && choice < deletes + 10) {
      return update(account);
    }
    return create(repo);
  }

  /** Mostly the profile; now and then whatever comes to hand, which becomes a post. */
  private RecordWrite update(SimulatedAccount account) {
    SimulatedRepo repo = account.repo();
    if (random.nextInt(4) > 0 && repo.contains(profilePath())) {
      return new RecordWrite.Update(profilePath(), profile(account));
    }
    RecordPath path = repo.path(random.nextInt(repo.size()));
    return new RecordWrite.Update(path, SocialRecords.post(random, now()));
  }

  private RecordWrite create(SimulatedRepo repo) {
    String rkey = repo.nextTid().toString();
    int choice = random.nextInt(100);
    String collection =
        choice < 25 ? SocialRecords.POST : choice < 75 ? SocialRecords.LIKE : SocialRecords.FOLLOW;
    Bytes block =
        switch (collection) {
          case SocialRecords.POST -> SocialRecords.post(random, now());
          case SocialRecords.LIKE -> SocialRecords.like(anybody().did(), rkey, somePost(), now());
          default -> SocialRecords.follow(anybody().did(), now());
        };
    return new RecordWrite.Create(RecordPath.parse(collection + "/" + rkey), block);
  }

  private SimulatedAccount anybody() {
    return network.account(random.nextInt(network.shape().accounts()));
  }

  private Cid somePost() {
    byte[] digest = new byte[HASH_BYTES];
    random.nextBytes(digest);
    return Cid.ofDigest(CidCodec.DAG_CBOR, digest, 0);
  }

  private Bytes profile(SimulatedAccount account) {
    return SocialRecords.profile(random, "User " + account.number());
  }

  private static RecordPath profilePath() {
    return RecordPath.parse(SocialRecords.PROFILE + "/self");
  }

  private Instant now() {
    return network.time().instant();
  }
}
