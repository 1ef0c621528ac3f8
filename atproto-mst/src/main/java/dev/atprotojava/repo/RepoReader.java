// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

import dev.atprotojava.car.CarException;
import dev.atprotojava.car.CarStream;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.mst.MstCursor;
import dev.atprotojava.mst.MstException;
import dev.atprotojava.mst.MstWorkspace;
import dev.atprotojava.repo.InvalidRepoException.Reason;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.RecordPath;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Reads a repository as {@code getRepo} sends it, of any size, in bounded memory, and hands over
 * its records in the order of their paths, each verified (SC-90 to SC-94):
 *
 * <pre>{@code
 * RepoReaderOptions options = RepoReaderOptions.DEFAULT.signedBy(did, publicKey::verifyDigest);
 * try (RepoReader repo = RepoReader.open(CarStream.open(in), options)) {
 *   while (repo.next()) {
 *     use(repo.path(), repo.cid(), repo.block());
 *   }
 * }
 * }</pre>
 *
 * <p>A record that was handed over is what its CID says, under a path that the signed tree gives to
 * it. That there are no others is known when {@link #next} returned false: then the whole tree was
 * there and valid, and so was the rest of the file. Whoever replaces one copy of a repository by
 * another one does that only then.
 *
 * <p><b>Order.</b> A CAR in the order of MST-60 is read as it comes, with the way from the root and
 * the last {@code memoryBytes} of blocks in memory; of a block that two paths share the second one
 * may be left out within that distance, or at any with {@link RepoReaderOptions#keepingAll}
 * (MST-62). From the first block that comes earlier than it is needed, or that is not needed, all
 * blocks are kept until the end, in memory as long as they fit there, and then in the {@link
 * BlockSpill}. So a CAR may have any order (CAR-09, MST-61, MST-63); blocks that nobody needs or
 * that come twice cost no more than their room in it, and are handed to nobody (CAR-10, SC-94).
 *
 * <p>What the records say is not looked at: a record that is no DAG-CBOR is the application's to
 * skip (SC-93). A record whose CID is not SHA-256 (CID-07) cannot be verified and is passed over;
 * {@link #unverifiable} counts them.
 *
 * <p>Reads from the CAR, and blocks, in {@link #open} and {@link #next}. Not thread-safe. After an
 * exception it can only be closed.
 */
public final class RepoReader implements AutoCloseable {
  private final CarStream car;
  private final @Nullable BlockSpill spill;
  private final BlockLog log;
  private final MstCursor tree;
  private final RepoCommit commit;
  private boolean blockWaits; // the block that the CAR is at was not taken yet
  private boolean ended;

  private byte[] blockArray = new byte[0];
  private int blockOffset;
  private int blockLength;
  private boolean atRecord;
  private long records;
  private long unverifiable;

  private RepoReader(CarStream car, RepoReaderOptions options, RandomGenerator random)
      throws IOException {
    this.car = car;
    this.spill = options.spill();
    this.log = new BlockLog(options.memoryBytes(), options.maxBlocks(), spill, random);
    if (options.keepsAll()) {
      log.keepAll();
    }
    if (car.roots().isEmpty()) {
      throw new InvalidRepoException(Reason.NO_ROOT);
    }
    if (!car.roots().getFirst().isBlessedDagCbor()) { // CID-02: no commit has such a name
      throw new InvalidRepoException(Reason.COMMIT);
    }
    need(car.roots().getFirst());
    try {
      commit = RepoCommit.decode(copyOfBlock());
    } catch (InvalidCommitException e) {
      throw new InvalidRepoException(Reason.COMMIT, e);
    }
    Did did = options.did();
    if (did != null && !did.equals(commit.did())) {
      throw new InvalidRepoException(Reason.DID);
    }
    CommitKey key = options.key();
    if (key != null && !commit.isSignedBy(key)) {
      throw new InvalidRepoException(Reason.SIGNATURE);
    }
    tree = MstCursor.ofBlocks(commit.data(), new MstWorkspace());
  }

  /**
   * Reads as far as the commit and checks it; see {@link #open(CarStream, RepoReaderOptions,
   * RandomGenerator)}, with chance that nobody can foresee.
   */
  public static RepoReader open(CarStream car, RepoReaderOptions options) throws IOException {
    return open(car, options, new SecureRandom());
  }

  /**
   * Reads as far as the commit and checks it. The CAR and the spill are closed with the reader, and
   * when this method fails.
   *
   * @param random makes the place of a block in the index unpredictable
   * @throws InvalidRepoException if it is not the commit that it should be, or is not there
   */
  public static RepoReader open(CarStream car, RepoReaderOptions options, RandomGenerator random)
      throws IOException {
    try {
      return new RepoReader(car, options, random);
    } catch (IOException | RuntimeException e) {
      try {
        close(car, options.spill());
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  /** The commit, which has been checked. */
  public RepoCommit commit() {
    return commit;
  }

  /**
   * Goes to the next record; false when all have been handed over and the repository is known to be
   * whole.
   *
   * @throws InvalidRepoException if it is not
   */
  public boolean next() throws IOException {
    atRecord = false;
    try {
      while (tree.next()) {
        Cid cid = tree.cid();
        if (tree.atNode()) {
          need(cid);
          tree.enter(blockArray, blockOffset, blockLength);
        } else {
          requirePath(tree.key());
          if (cid.isBlessed()) {
            need(cid);
            atRecord = true;
            records++;
            return true;
          }
          unverifiable++;
        }
      }
    } catch (MstException e) {
      throw new InvalidRepoException(Reason.TREE, e);
    }
    while (!ended) { // the rest is of no use, but a file that is cut off is not what was sent
      advance();
    }
    return false;
  }

  private static void requirePath(Bytes key) {
    if (!RecordPath.isValid(key.array(), key.offset(), key.length())) {
      throw new InvalidRepoException(Reason.PATH);
    }
  }

  /** Finds the block of a CID: where the CAR is, or among those that came, or further on. */
  private void need(Cid cid) throws IOException {
    if (!blockWaits && !ended) {
      advance();
    }
    if (takeIf(cid)) {
      return;
    }
    if (log.find(cid.toByteArray())) {
      blockArray = log.found();
      blockOffset = 0;
      blockLength = log.foundLength();
      return;
    }
    log.keepAll();
    while (!ended) {
      remember();
      advance();
      if (takeIf(cid)) {
        return;
      }
    }
    throw new InvalidRepoException(Reason.MISSING_BLOCK);
  }

  /** Goes to the next block of the CAR that has been checked against its CID. */
  private void advance() throws IOException {
    try {
      do {
        ended = !car.next();
      } while (!ended && !car.hashed());
    } catch (CarException e) {
      throw new InvalidRepoException(Reason.CAR, e);
    }
    blockWaits = !ended;
  }

  private boolean takeIf(Cid cid) throws IOException {
    if (!blockWaits || !cid.matches(car.array(), car.cidOffset(), car.cidLength())) {
      return false;
    }
    remember();
    blockWaits = false;
    blockArray = car.array();
    blockOffset = car.dataOffset();
    blockLength = car.dataLength();
    return true;
  }

  private void remember() throws IOException {
    log.add(car.array(), car.cidOffset(), car.array(), car.dataOffset(), car.dataLength());
  }

  /** Where the record is. */
  public RecordPath path() {
    Bytes key = key();
    return RecordPath.decode(key.array(), key.offset(), key.length());
  }

  /** The key of the record in the tree: its path as bytes. */
  public Bytes key() {
    requireRecord();
    return tree.key();
  }

  /** The CID of the record. */
  public Cid cid() {
    requireRecord();
    return tree.cid();
  }

  /** A copy of the block of the record. */
  public Bytes block() {
    requireRecord();
    return copyOfBlock();
  }

  private Bytes copyOfBlock() {
    return Bytes.wrap(Arrays.copyOfRange(blockArray, blockOffset, blockOffset + blockLength));
  }

  private void requireRecord() {
    if (!atRecord) {
      throw new IllegalStateException("not at a record");
    }
  }

  /** How many records were handed over so far. */
  public long records() {
    return records;
  }

  /** How many records were passed over, because no hash of theirs can be checked. */
  public long unverifiable() {
    return unverifiable;
  }

  /** Closes the CAR and the spill. */
  @Override
  public void close() throws IOException {
    close(car, spill);
  }

  private static void close(CarStream car, @Nullable BlockSpill spill) throws IOException {
    try {
      car.close();
    } finally {
      if (spill != null) {
        spill.close();
      }
    }
  }
}
