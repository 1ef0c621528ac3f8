// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import dev.atprotojava.sync.AccountStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A server answered a request, but not with what was asked for (SC-A0).
 *
 * <p>Look at {@link #error} first: servers send the same error with different statuses. It is empty
 * where the answer was none of XRPC's, such as a page of a proxy. The text that a server adds is
 * not kept.
 */
public final class XrpcException extends IOException {
  private static final long serialVersionUID = 1;
  private static final int MAX_NAME = 64;

  private final int status;
  private final String error;
  private final String server;
  private final @Nullable Duration retryAfter;

  XrpcException(int status, String error, String server, @Nullable Duration retryAfter) {
    super("HTTP " + status + (isName(error) ? " " + error : ""));
    this.status = status;
    this.error = isName(error) ? error : "";
    this.server = server;
    this.retryAfter = retryAfter == null ? null : RetryAfter.bounded(retryAfter);
  }

  private static boolean isName(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_NAME
        && text.chars().allMatch(c -> c < 128 && Character.isLetterOrDigit(c));
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** The name of the error, such as {@code RepoNotFound}; empty if there was none. */
  public String error() {
    return error;
  }

  /** Host and port of the server that answered, the last one if there were redirects. */
  public String server() {
    return server;
  }

  /**
   * How long the server asks to wait, by {@code Retry-After} or {@code ratelimit-reset}; at most an
   * hour.
   */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /**
   * What the error says of the account, if it does: the errors of the Lexicons, and those of the
   * reference relay (SC-A0, SC-76).
   */
  public Optional<AccountStatus> accountStatus() {
    return switch (error) {
      case "RepoNotFound", "RepoDeleted" -> Optional.of(AccountStatus.DELETED);
      case "RepoTakendown" -> Optional.of(AccountStatus.TAKENDOWN);
      case "RepoSuspended" -> Optional.of(AccountStatus.SUSPENDED);
      case "RepoDeactivated" -> Optional.of(AccountStatus.DEACTIVATED);
      case "RepoInactive" -> Optional.of(AccountStatus.INACTIVE);
      default -> Optional.empty();
    };
  }

  /** Whether the same request may do better later: statuses 429, 500, 502, 503 and 504. */
  public boolean isTemporary() {
    return switch (status) {
      case 429, 500, 502, 503, 504 -> true;
      default -> false;
    };
  }
}
