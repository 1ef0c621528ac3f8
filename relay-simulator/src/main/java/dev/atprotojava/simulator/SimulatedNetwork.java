// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import dev.atprotojava.crypto.CryptoException;
import dev.atprotojava.crypto.SigningKey;
import dev.atprotojava.mst.MstWorkspace;
import dev.atprotojava.syntax.Did;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A PLC directory, PDS hosts and accounts, all following from one seed.
 *
 * <pre>
 *   SimulatedPlc ── knows every ──> SimulatedAccount ── lives on ──> SimulatedPds
 *                                     key, SimulatedRepo               log of messages
 * </pre>
 *
 * <p>DIDs, handles and keys follow from the {@link NetworkShape} alone; commits also from the clock
 * and the writes. An account that was never used takes four bytes, so a hundred thousand are fine.
 *
 * <p>Thread-safe. Accounts and repositories share one lock, the network itself, because their trees
 * share one workspace.
 */
public final class SimulatedNetwork {
  private final NetworkShape shape;
  private final InstantSource time;
  private final Derivation derivation;
  private final AccountDids dids;
  private final List<SimulatedPds> hosts;
  private final SimulatedPlc plc = new SimulatedPlc(this);
  private final MstWorkspace workspace = new MstWorkspace();
  private final @Nullable SimulatedAccount[] accounts;

  /**
   * A network in which nothing has happened.
   *
   * @param time where revisions and the {@code time} of frames come from
   */
  public SimulatedNetwork(NetworkShape shape, InstantSource time) {
    this(shape, time, SimulatedPds.WINDOW_BYTES);
  }

  /** A network whose hosts keep at most {@code windowBytes} of messages each. */
  public SimulatedNetwork(NetworkShape shape, InstantSource time, long windowBytes) {
    this.shape = shape;
    this.time = time;
    this.derivation = new Derivation(shape.seed());
    this.dids = new AccountDids(derivation, shape.accounts());
    this.accounts = new @Nullable SimulatedAccount[shape.accounts()];
    this.hosts =
        IntStream.range(0, shape.hosts())
            .mapToObj(number -> new SimulatedPds(number, windowBytes))
            .toList();
  }

  /** What it was made of. */
  public NetworkShape shape() {
    return shape;
  }

  /** The clock. */
  public InstantSource time() {
    return time;
  }

  /** The directory. */
  public SimulatedPlc plc() {
    return plc;
  }

  /** The hosts, by number. */
  public List<SimulatedPds> hosts() {
    return hosts;
  }

  /** An account by its number, 0 to the shape's {@code accounts} - 1. */
  public synchronized SimulatedAccount account(int number) {
    SimulatedAccount account = accounts[number];
    if (account == null) {
      SimulatedPds host = hosts.get(number % hosts.size());
      account = new SimulatedAccount(this, number, dids.of(number), host);
      accounts[number] = account;
    }
    return account;
  }

  /** The account with a DID, or null if the network has none. */
  public synchronized @Nullable SimulatedAccount find(Did did) {
    int number = dids.find(did);
    return number < 0 ? null : account(number);
  }

  MstWorkspace workspace() {
    return workspace;
  }

  synchronized long derive(String word, long number) {
    return derivation.number(word, number);
  }

  /** The key of an account after some rotations. */
  synchronized SigningKey makeKey(int account, int rotations) {
    boolean p256 = derivation.fraction("curve", account) < shape.p256Share();
    for (long attempt = 0; ; attempt++) {
      byte[] secret =
          derivation.bytes("key", (long) account << 32 | (long) rotations << 8 | attempt);
      try {
        return p256 ? SigningKey.parseP256(secret) : SigningKey.parseK256(secret);
      } catch (CryptoException tryNext) {
        // About one number in 2^32 is not below the order of P-256, and fewer of K-256.
      }
    }
  }
}
