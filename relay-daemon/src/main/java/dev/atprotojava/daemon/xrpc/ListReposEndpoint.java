// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.xrpc;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.atprotojava.daemon.http.Answer;
import dev.atprotojava.daemon.http.Endpoint;
import dev.atprotojava.daemon.http.Request;
import dev.atprotojava.relay.Relay;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.RepoState;
import java.io.IOException;
import java.util.List;

/**
 * {@code com.atproto.sync.listRepos}: the accounts in the order of discovery, as the database has
 * them, which is a few seconds ago. All that are known with their status, but for deleted ones
 * (RL-72), and for those of which no commit was seen, as {@code head} and {@code rev} must be
 * there; so a page may be shorter than its limit (SC-A1). Reads the database.
 */
public final class ListReposEndpoint implements Endpoint {
  private static final int DEFAULT_LIMIT = 500;

  private final Relay relay;

  /** The endpoint. */
  public ListReposEndpoint(Relay relay) {
    this.relay = relay;
  }

  @Override
  public Answer answer(Request request) {
    int limit = request.limit(DEFAULT_LIMIT);
    List<AccountRecord> found = relay.listAccounts(request.cursor(), limit + 1);
    List<AccountRecord> page = found.subList(0, Math.min(limit, found.size()));
    return Answer.json(
        json -> {
          if (found.size() > limit) { // T-77
            json.writeStringField("cursor", Long.toString(page.getLast().uid()));
          }
          json.writeArrayFieldStart("repos");
          for (AccountRecord account : page) {
            RepoState repo = account.repo();
            if (repo != null && account.effectiveStatus() != AccountStatus.DELETED) {
              write(json, account, repo);
            }
          }
          json.writeEndArray();
        });
  }

  private static void write(JsonGenerator json, AccountRecord account, RepoState repo)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("did", account.did().toString());
    json.writeStringField("head", repo.commit().toString());
    json.writeStringField("rev", repo.rev().toString());
    StatusFields.write(json, account);
    json.writeEndObject();
  }
}
