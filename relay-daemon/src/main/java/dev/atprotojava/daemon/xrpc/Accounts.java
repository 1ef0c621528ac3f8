// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.xrpc;

import dev.atprotojava.daemon.http.ApiException;
import dev.atprotojava.relay.Relay;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.syntax.Did;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Accounts as endpoints ask for them: the newest state, or the error that there is to give. */
final class Accounts {
  private static final int SECONDS = 10;

  private final Relay relay;

  Accounts(Relay relay) {
    this.relay = relay;
  }

  /**
   * An account, whatever its status.
   *
   * @throws ApiException if there is none
   */
  AccountRecord get(Did did) {
    try {
      return relay
          .findAccount(did)
          .get(SECONDS, TimeUnit.SECONDS)
          .orElseThrow(() -> notFound("this relay does not know the repository"));
    } catch (TimeoutException e) {
      throw ApiException.unavailable("the account could not be looked up in time");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ApiException.unavailable("the relay is stopping");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  /**
   * An account whose content may be given out (RL-70, SC-81).
   *
   * @throws ApiException if there is none, or it is not active
   */
  AccountRecord getActive(Did did) {
    AccountRecord account = get(did);
    requireActive(account.effectiveStatus());
    return account;
  }

  /** The Lexicon names three ways to be away; a deleted repository is none any more. */
  private static void requireActive(AccountStatus status) {
    switch (status) {
      case ACTIVE -> {}
      case TAKENDOWN -> throw ApiException.of(403, "RepoTakendown", "the repository is taken down");
      case SUSPENDED -> throw ApiException.of(403, "RepoSuspended", "the repository is suspended");
      case DEACTIVATED ->
          throw ApiException.of(403, "RepoDeactivated", "the repository is deactivated");
      case DELETED -> throw notFound("the repository is deleted");
      case DESYNCHRONIZED, THROTTLED, INACTIVE ->
          throw ApiException.of(403, "RepoInactive", "the repository is not active");
    }
  }

  static ApiException notFound(String message) {
    return ApiException.of(404, "RepoNotFound", message);
  }
}
