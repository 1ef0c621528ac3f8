// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.admin;

import dev.atprotojava.daemon.discovery.HostVerdict;
import dev.atprotojava.daemon.http.Answer;
import dev.atprotojava.daemon.http.Endpoint;
import dev.atprotojava.daemon.http.Request;
import dev.atprotojava.relay.host.Hosts;

/**
 * {@code dev.atprotojava.relay.discoverHost}: has a host followed from whatever it says next,
 * unless it is known, and tells what became of that in a word. Blocks while the host is asked who
 * it is.
 */
public final class DiscoverHostEndpoint implements Endpoint {
  /** The name of the method. */
  public static final String NSID = "dev.atprotojava.relay.discoverHost";

  private final Hosts hosts;

  /** The endpoint. */
  public DiscoverHostEndpoint(Hosts hosts) {
    this.hosts = hosts;
  }

  @Override
  public Answer answer(Request request) {
    String word = HostVerdict.of(hosts.discover(request.json().required("hostname")));
    return Answer.json(json -> json.writeStringField("result", word));
  }
}
