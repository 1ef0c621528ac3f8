// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.crypto.SigningKey;
import dev.atprotojava.repo.RecordWrite;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.syntax.AtDatetime;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Handle;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An account of a network: who it is, where it lives, and its repository. Its key is made when it
 * is first needed, its repository with the first commit.
 *
 * <p>Thread-safe: everything that changes is guarded by the network's one lock.
 */
public final class SimulatedAccount {
  private final SimulatedNetwork network;
  private final int number;
  private final Did did;
  private SimulatedPds host;
  private Handle handle;
  private int keyNumber;
  private @Nullable SigningKey key;
  private @Nullable SimulatedRepo repo;
  private AccountStatus status = AccountStatus.ACTIVE;

  SimulatedAccount(SimulatedNetwork network, int number, Did did, SimulatedPds host) {
    this.network = network;
    this.number = number;
    this.did = did;
    this.host = host;
    this.handle = Handle.parse("user" + number + ".example.com");
  }

  /** The place of the account in its network, from 0. */
  public int number() {
    return number;
  }

  /** Its DID, did:plc in form. */
  public Did did() {
    return did;
  }

  /** The handle that its DID document claims. */
  public Handle handle() {
    return locked(account -> account.handle);
  }

  /** The host that its DID document names. */
  public SimulatedPds host() {
    return locked(account -> account.host);
  }

  /** The key that its DID document names. */
  public PublicKey publicKey() {
    return signingKey().publicKey();
  }

  /** What its host says of it. */
  public AccountStatus status() {
    return locked(account -> account.status);
  }

  /** The newest commit, or null before the first. */
  public @Nullable SimulatedCommit head() {
    synchronized (network) {
      return repo == null ? null : repo.head();
    }
  }

  /**
   * Writes to its repository; the commit is for the caller to append to the log of the host.
   *
   * @see SimulatedRepo#commit
   */
  public SimulatedCommit commit(List<RecordWrite> writes) {
    synchronized (network) {
      host.admit(this);
      return repo().commit(writes, signingKey());
    }
  }

  /** Its repository as a CAR. */
  public Bytes export() {
    return locked(account -> account.repo().export());
  }

  /** An {@code #identity} of now. */
  public FrameBody.Identity toIdentity() {
    return new FrameBody.Identity(did, handle().toString(), now());
  }

  /** An {@code #account} of now. */
  public FrameBody.Account toAccount() {
    AccountStatus current = status();
    return new FrameBody.Account(did, current.isActive(), current.wire(), now());
  }

  /** Gives it another status on its host. */
  public void status(AccountStatus newStatus) {
    synchronized (network) {
      status = newStatus;
    }
  }

  /** Gives it another handle. */
  public void rename(Handle newHandle) {
    synchronized (network) {
      handle = newHandle;
    }
  }

  /** Gives it another key; its DID document names the new one at once (MST-76). */
  public void rotateKey() {
    synchronized (network) {
      keyNumber++;
      key = null;
    }
  }

  /** Moves it to another host, repository and all; its DID document names the new one at once. */
  public void moveTo(SimulatedPds newHost) {
    synchronized (network) {
      host.dismiss(this);
      host = newHost;
      if (repo != null) {
        newHost.admit(this);
      }
    }
  }

  SigningKey signingKey() {
    synchronized (network) {
      if (key == null) {
        key = network.makeKey(number, keyNumber);
      }
      return key;
    }
  }

  /** For whoever holds the lock of the network. */
  SimulatedRepo repo() {
    if (repo == null) {
      SplittableRandom random = new SplittableRandom(network.derive("repo", number));
      repo = new SimulatedRepo(did, network.time(), random, network.workspace());
    }
    return repo;
  }

  private <T extends @Nullable Object> T locked(Function<SimulatedAccount, T> read) {
    synchronized (network) {
      return read.apply(this);
    }
  }

  private String now() {
    Instant now = network.time().instant();
    return AtDatetime.format(now);
  }
}
