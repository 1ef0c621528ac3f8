// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.operate;

import dev.atprotojava.daemon.discovery.HostVerdict;
import dev.atprotojava.daemon.http.Answer;
import dev.atprotojava.daemon.http.Endpoint;
import dev.atprotojava.daemon.http.Request;
import dev.atprotojava.relay.AuditTrail;
import dev.atprotojava.relay.host.CrawlAnswer;
import dev.atprotojava.relay.host.Hosts;

/**
 * {@code discoverHost}: has a host followed from whatever it says next, unless it is known, and
 * tells what became of that in a word. Blocks while the host is asked who it is.
 */
public final class DiscoverHostEndpoint implements Endpoint {
  /** The name of the method. */
  public static final String NSID = OperatorMethods.AUTHORITY + "discoverHost";

  private final Hosts hosts;
  private final AuditTrail trail;

  DiscoverHostEndpoint(Hosts hosts, AuditTrail trail) {
    this.hosts = hosts;
    this.trail = trail;
  }

  @Override
  public Answer answer(Request request) {
    String hostname = request.json().only("hostname").required("hostname");
    CrawlAnswer answer = hosts.discover(hostname);
    String word = HostVerdict.of(answer);
    if (answer == CrawlAnswer.ADDED) {
      trail.add(request.actor(), "host.discover", hostname, "", word);
    }
    return Answer.json(json -> json.writeStringField("result", word));
  }
}
