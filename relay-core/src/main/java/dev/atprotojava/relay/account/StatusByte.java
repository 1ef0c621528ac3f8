// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.account;

import dev.atprotojava.sync.AccountStatus;

/**
 * An account's status as one byte, as log and store keep it: the host's word in the low four bits,
 * our own in the high four. The numbers are part of both formats.
 */
public final class StatusByte {
  private StatusByte() {}

  /** The byte for two statuses. */
  public static byte of(AccountStatus upstream, LocalStatus local) {
    int high =
        switch (local) {
          case ACTIVE -> 0;
          case TAKENDOWN -> 1;
          case THROTTLED -> 2;
          case DESYNCHRONIZED -> 3;
          case CHAIN_THROTTLED -> 4;
        };
    int low =
        switch (upstream) {
          case ACTIVE -> 0;
          case DEACTIVATED -> 1;
          case DELETED -> 2;
          case TAKENDOWN -> 3;
          case SUSPENDED -> 4;
          case DESYNCHRONIZED -> 5;
          case THROTTLED -> 6;
          case INACTIVE -> 7;
        };
    return (byte) (high << 4 | low);
  }

  /** The host's word. */
  public static AccountStatus upstream(int status) {
    return switch (status & 15) {
      case 0 -> AccountStatus.ACTIVE;
      case 1 -> AccountStatus.DEACTIVATED;
      case 2 -> AccountStatus.DELETED;
      case 3 -> AccountStatus.TAKENDOWN;
      case 4 -> AccountStatus.SUSPENDED;
      case 5 -> AccountStatus.DESYNCHRONIZED;
      case 6 -> AccountStatus.THROTTLED;
      default -> AccountStatus.INACTIVE;
    };
  }

  /** Our own. */
  public static LocalStatus local(int status) {
    return switch (status >>> 4 & 15) {
      case 1 -> LocalStatus.TAKENDOWN;
      case 2 -> LocalStatus.THROTTLED;
      case 3 -> LocalStatus.DESYNCHRONIZED;
      case 4 -> LocalStatus.CHAIN_THROTTLED;
      default -> LocalStatus.ACTIVE;
    };
  }
}
