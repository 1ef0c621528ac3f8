// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.xrpc;

import dev.atprotojava.daemon.http.Answer;
import dev.atprotojava.daemon.http.Endpoint;
import dev.atprotojava.daemon.http.Request;
import dev.atprotojava.relay.Relay;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.RepoState;

/**
 * {@code com.atproto.sync.getRepoStatus}: what this relay says of an account; {@code rev} only if
 * it is active (RL-72).
 */
public final class GetRepoStatusEndpoint implements Endpoint {
  private final Accounts accounts;

  /** The endpoint. */
  public GetRepoStatusEndpoint(Relay relay) {
    this.accounts = new Accounts(relay);
  }

  @Override
  public Answer answer(Request request) {
    AccountRecord account = accounts.get(request.did());
    AccountStatus status = account.effectiveStatus();
    RepoState repo = account.repo();
    return Answer.json(
        json -> {
          json.writeStringField("did", account.did().toString());
          StatusFields.write(json, account);
          if (status.isActive() && repo != null) {
            json.writeStringField("rev", repo.rev().toString());
          }
        });
  }
}
