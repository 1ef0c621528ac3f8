// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.xrpc;

import dev.atprotojava.daemon.http.Answer;
import dev.atprotojava.daemon.http.ApiException;
import dev.atprotojava.daemon.http.Endpoint;
import dev.atprotojava.daemon.http.Request;
import dev.atprotojava.relay.Relay;
import dev.atprotojava.relay.host.HostView;
import dev.atprotojava.syntax.Hostname;
import dev.atprotojava.syntax.InvalidSyntaxException;

/** {@code com.atproto.sync.getHostStatus}: one host. Reads the database. */
public final class GetHostStatusEndpoint implements Endpoint {
  private final Relay relay;

  /** The endpoint. */
  public GetHostStatusEndpoint(Relay relay) {
    this.relay = relay;
  }

  @Override
  public Answer answer(Request request) {
    HostView host =
        relay
            .hosts()
            .find(hostname(request.required("hostname")))
            .orElseThrow(
                () -> ApiException.of(404, "HostNotFound", "this relay does not know the host"));
    long accounts = relay.countAccounts(host.id());
    return Answer.json(json -> HostObject.write(json, host, accounts));
  }

  /** In the form in which hosts are kept. */
  private static String hostname(String text) {
    try {
      return Hostname.parseLocal(text).toString();
    } catch (InvalidSyntaxException e) {
      throw ApiException.invalidRequest("hostname is not one");
    }
  }
}
