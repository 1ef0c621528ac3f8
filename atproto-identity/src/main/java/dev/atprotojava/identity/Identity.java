// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.crypto.K256PublicKey;
import dev.atprotojava.crypto.P256PublicKey;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Handle;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who a DID was when it was last asked for: its signing key, its server, the handle it claims
 * (ID-37).
 *
 * <p>Each of the three may be missing. Without a key or a server the account is broken: its
 * identity may be passed on, its commits not (ID-35, {@link #isUsable}). The handle is a claim and
 * nothing more; whether the handle agrees is for a {@link HandleDirectory} to find out (ID-40).
 * Nobody asks that for each event of a relay (ID-46).
 *
 * <p>Immutable and small, because caches hold millions: about 120 bytes with a key and a handle of
 * twenty characters, besides the DID and the endpoint, which are shared. The key is kept as its 33
 * bytes; see {@link #signingKey}.
 */
public final class Identity {
  // One array for key and handle, because the header of an array is as large as half a key:
  //
  //   | 0 |          no key    | handle ... |
  //   | k | x, 32 bytes        | handle ... |   k: 02, 03 of a P-256 key; 12, 13 of a K-256 one
  //
  private static final int K256 = 0x10;

  private final Did did;
  private final @Nullable PdsEndpoint pds;
  private final byte[] packed;
  private final long fetchedAtMillis;

  // Written in a race, and any value that is read in one is right.
  private @Nullable WeakReference<PublicKey> parsed;

  private Identity(Did did, @Nullable PdsEndpoint pds, byte[] packed, long fetchedAtMillis) {
    this.did = did;
    this.pds = pds;
    this.packed = packed;
    this.fetchedAtMillis = fetchedAtMillis;
  }

  /**
   * An identity of parts.
   *
   * @param fetchedAt when it was asked for, kept in milliseconds
   */
  public static Identity of(
      Did did,
      @Nullable Handle handle,
      @Nullable PdsEndpoint pds,
      @Nullable PublicKey signingKey,
      Instant fetchedAt) {
    return new Identity(did, pds, pack(signingKey, handle), fetchedAt.toEpochMilli());
  }

  private static byte[] pack(@Nullable PublicKey key, @Nullable Handle handle) {
    byte[] head = key == null ? new byte[1] : key.compressed();
    if (key instanceof K256PublicKey) {
      head[0] |= K256;
    }
    if (handle == null) {
      return head;
    }
    byte[] tail = handle.toString().getBytes(StandardCharsets.ISO_8859_1);
    byte[] packed = Arrays.copyOf(head, head.length + tail.length);
    System.arraycopy(tail, 0, packed, head.length, tail.length);
    return packed;
  }

  /** The same identity with the endpoint object that others share. */
  Identity withPds(@Nullable PdsEndpoint shared) {
    return new Identity(did, shared, packed, fetchedAtMillis);
  }

  /** The DID. */
  public Did did() {
    return did;
  }

  /** The first handle that the document claims, in lower case, or null (ID-36). */
  public @Nullable Handle handle() {
    int start = handleStart();
    return start == packed.length ? null : Handle.decode(packed, start, packed.length - start);
  }

  private int handleStart() {
    return hasSigningKey() ? PublicKey.COMPRESSED_LENGTH : 1;
  }

  /** The account's server, or null (ID-33). */
  public @Nullable PdsEndpoint pds() {
    return pds;
  }

  /** Whether there is a signing key; cheaper than to have it parsed. */
  public boolean hasSigningKey() {
    return packed[0] != 0;
  }

  /**
   * The key that signs the account's commits, or null (ID-32).
   *
   * <p>The first call parses it, which takes 4 µs with the native library and 8 µs without; later
   * calls give the same object for as long as anybody holds it. So a key that is in use is parsed
   * once, and one that is not takes no memory beyond its 33 bytes.
   */
  public @Nullable PublicKey signingKey() {
    if (!hasSigningKey()) {
      return null;
    }
    WeakReference<PublicKey> reference = parsed;
    PublicKey key = reference == null ? null : reference.get();
    if (key == null) {
      key = parseKey();
      parsed = new WeakReference<>(key);
    }
    return key;
  }

  private PublicKey parseKey() {
    byte[] compressed = Arrays.copyOf(packed, PublicKey.COMPRESSED_LENGTH);
    if ((compressed[0] & K256) == 0) {
      return P256PublicKey.parse(compressed);
    }
    compressed[0] ^= K256;
    return K256PublicKey.parse(compressed);
  }

  /** Whether commits of this account can be judged: there is a key and a server (ID-35). */
  public boolean isUsable() {
    return hasSigningKey() && pds != null;
  }

  /**
   * When this was asked for, to the millisecond: the moment before the request, so that whatever
   * changed before then is in it, replicas that lag aside (ID-14).
   */
  public Instant fetchedAt() {
    return Instant.ofEpochMilli(fetchedAtMillis);
  }

  long fetchedAtMillis() {
    return fetchedAtMillis;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Identity that
        && did.equals(that.did)
        && fetchedAtMillis == that.fetchedAtMillis
        && Arrays.equals(packed, that.packed)
        && Objects.equals(pds, that.pds);
  }

  @Override
  public int hashCode() {
    return did.hashCode();
  }

  @Override
  public String toString() {
    return "Identity[" + did + ", handle " + handle() + ", pds " + pds + "]";
  }
}
