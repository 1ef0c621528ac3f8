// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import dev.atprotojava.multiformats.Base32;
import dev.atprotojava.multiformats.MultiformatException;
import dev.atprotojava.syntax.Did;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The DIDs of a network, did:plc in form. A DID says the number of its account, so a directory of
 * any size needs no table:
 *
 * <pre>
 *   did:plc: base32 of | number XOR mask, 4 bytes | derived from the number, 11 bytes |
 * </pre>
 *
 * A real one is the hash of its first operation (ID-73); that would take a key for each account
 * before the first is used, and nobody who only resolves it can tell.
 */
final class AccountDids {
  private static final String PREFIX = "did:plc:";
  private static final int BYTES = 15;

  private final Derivation derivation;
  private final int accounts;
  private final int mask;

  AccountDids(Derivation derivation, int accounts) {
    this.derivation = derivation;
    this.accounts = accounts;
    this.mask = (int) derivation.number("did mask", 0);
  }

  Did of(int number) {
    byte[] bytes = Arrays.copyOf(derivation.bytes("did", number), BYTES);
    ByteBuffer.wrap(bytes).putInt(number ^ mask);
    return Did.parse(PREFIX + Base32.encode(bytes));
  }

  /** The number of the account with a DID, or -1 if there is none. */
  int find(Did did) {
    if (!did.isPlc()) {
      return -1;
    }
    try {
      int number = ByteBuffer.wrap(Base32.decode(did.identifier())).getInt() ^ mask;
      return number >= 0 && number < accounts && of(number).equals(did) ? number : -1;
    } catch (MultiformatException e) {
      return -1;
    }
  }
}
