// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.xrpc;

import dev.atprotojava.daemon.http.Answer;
import dev.atprotojava.daemon.http.Endpoint;
import dev.atprotojava.daemon.http.Request;
import dev.atprotojava.relay.Relay;
import dev.atprotojava.sync.RepoState;

/** {@code com.atproto.sync.getLatestCommit}: the last commit that this relay let pass. */
public final class GetLatestCommitEndpoint implements Endpoint {
  private final Accounts accounts;

  /** The endpoint. */
  public GetLatestCommitEndpoint(Relay relay) {
    this.accounts = new Accounts(relay);
  }

  @Override
  public Answer answer(Request request) {
    RepoState repo = accounts.getActive(request.did()).repo();
    if (repo == null) {
      throw Accounts.notFound("no commit of the repository was seen yet");
    }
    return Answer.json(
        json -> {
          json.writeStringField("cid", repo.commit().toString());
          json.writeStringField("rev", repo.rev().toString());
        });
  }
}
