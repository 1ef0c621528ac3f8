// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

import org.jspecify.annotations.Nullable;

/**
 * What a host says of an account (SC-80 ff.). {@code active} alone decides whether content is
 * shown; the rest explains.
 */
public enum AccountStatus {
  ACTIVE(null),
  DEACTIVATED("deactivated"),
  DELETED("deleted"),
  TAKENDOWN("takendown"),
  SUSPENDED("suspended"),
  DESYNCHRONIZED("desynchronized"),
  THROTTLED("throttled"),
  /** Not active, for no reason that was given or that we know (T-73). */
  INACTIVE(null);

  private final @Nullable String wire;

  AccountStatus(@Nullable String wire) {
    this.wire = wire;
  }

  /**
   * What {@code active} and {@code status} mean together. An active account is {@link #ACTIVE}
   * whatever the status says (T-72); an unknown status follows {@code active} (SC-80).
   */
  public static AccountStatus of(boolean active, @Nullable String status) {
    if (active) {
      return ACTIVE;
    }
    for (AccountStatus known : values()) {
      if (known.wire != null && known.wire.equals(status)) {
        return known;
      }
    }
    return INACTIVE;
  }

  /** True if content may be shown. */
  public boolean isActive() {
    return this == ACTIVE;
  }

  /** The word of the protocol, or null where there is none to say. */
  public @Nullable String wire() {
    return wire;
  }
}
