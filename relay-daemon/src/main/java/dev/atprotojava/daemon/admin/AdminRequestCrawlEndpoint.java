// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.admin;

import dev.atprotojava.daemon.http.Answer;
import dev.atprotojava.daemon.http.Endpoint;
import dev.atprotojava.daemon.http.Request;
import dev.atprotojava.daemon.xrpc.RequestCrawlEndpoint;
import dev.atprotojava.relay.host.Hosts;

/**
 * {@code POST /admin/pds/requestCrawl}: like the public one, past its switch and its budget. Blocks
 * while the host is asked who it is.
 */
public final class AdminRequestCrawlEndpoint implements Endpoint {
  private final Hosts hosts;

  /** The endpoint. */
  public AdminRequestCrawlEndpoint(Hosts hosts) {
    this.hosts = hosts;
  }

  @Override
  public Answer answer(Request request) {
    RequestCrawlEndpoint.requireAccepted(
        hosts.requestCrawl(request.json().required("hostname"), true));
    return new Answer.Empty();
  }
}
