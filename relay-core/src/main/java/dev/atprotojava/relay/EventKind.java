// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay;

import dev.atprotojava.sync.RepoEvent;

/** The kinds of events that are stored and sent, each with its number in the log. */
public enum EventKind {
  COMMIT(1),
  SYNC(2),
  IDENTITY(3),
  ACCOUNT(4);

  private static final EventKind[] BY_CODE = {null, COMMIT, SYNC, IDENTITY, ACCOUNT};

  private final int code;

  EventKind(int code) {
    this.code = code;
  }

  /** The kind of an event. */
  public static EventKind of(RepoEvent.Sequenced event) {
    return switch (event) {
      case RepoEvent.CommitEvent _ -> COMMIT;
      case RepoEvent.SyncEvent _ -> SYNC;
      case RepoEvent.IdentityEvent _ -> IDENTITY;
      case RepoEvent.AccountEvent _ -> ACCOUNT;
    };
  }

  /** True if the number is that of a kind. */
  public static boolean isCode(int code) {
    return code > 0 && code < BY_CODE.length;
  }

  /** The kind with a number. */
  public static EventKind ofCode(int code) {
    return BY_CODE[code];
  }

  /** The number in the log. */
  public int code() {
    return code;
  }
}
