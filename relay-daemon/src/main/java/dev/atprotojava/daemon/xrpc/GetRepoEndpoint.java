// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.xrpc;

import dev.atprotojava.daemon.http.Answer;
import dev.atprotojava.daemon.http.Endpoint;
import dev.atprotojava.daemon.http.Request;
import dev.atprotojava.relay.Relay;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.host.HostView;

/**
 * {@code com.atproto.sync.getRepo}: a relay keeps no repositories, and sends whoever asks to the
 * account's host with the same query (RL-03). The host is the one that the account's last event was
 * checked against, so nobody can have a DID resolved by asking.
 */
public final class GetRepoEndpoint implements Endpoint {
  /** The method. */
  public static final String NSID = "com.atproto.sync.getRepo";

  private final Relay relay;
  private final Accounts accounts;

  /** The endpoint. */
  public GetRepoEndpoint(Relay relay) {
    this.relay = relay;
    this.accounts = new Accounts(relay);
  }

  @Override
  public Answer answer(Request request) {
    AccountRecord account = accounts.getActive(request.did());
    HostView host =
        relay
            .hosts()
            .find(account.hostId())
            .orElseThrow(() -> Accounts.notFound("the repository's host is not known"));
    String scheme = host.secure() ? "https" : "http";
    return new Answer.Redirect(
        scheme + "://" + host.hostname() + "/xrpc/" + NSID + "?" + request.query());
  }
}
