// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.xrpc;

import dev.atprotojava.daemon.http.Answer;
import dev.atprotojava.daemon.http.ApiException;
import dev.atprotojava.daemon.http.Endpoint;
import dev.atprotojava.daemon.http.Request;
import dev.atprotojava.relay.host.CrawlAnswer;
import dev.atprotojava.relay.host.Hosts;
import java.time.Duration;

/**
 * {@code com.atproto.sync.requestCrawl}: a host asks to be followed (RL-52 to RL-54). Blocks while
 * the host is asked who it is.
 */
public final class RequestCrawlEndpoint implements Endpoint {
  private static final Duration BUDGET = Duration.ofHours(1);

  private final Hosts hosts;
  private final boolean enabled;

  /**
   * The public endpoint.
   *
   * @param enabled false if the operator wants to add hosts alone
   */
  public RequestCrawlEndpoint(Hosts hosts, boolean enabled) {
    this.hosts = hosts;
    this.enabled = enabled;
  }

  @Override
  public Answer answer(Request request) {
    if (!enabled) {
      throw ApiException.of(403, "Forbidden", "this relay does not take requests for crawling");
    }
    requireAccepted(hosts.requestCrawl(request.json().required("hostname"), false));
    return new Answer.Empty();
  }

  /**
   * Turns an answer that is a refusal into an error.
   *
   * @throws ApiException if it is one
   */
  public static void requireAccepted(CrawlAnswer answer) {
    switch (answer) {
      case ADDED, KNOWN -> {}
      case BAD_HOSTNAME ->
          throw ApiException.invalidRequest("hostname is not the public name of a server");
      case NOT_A_PDS ->
          throw ApiException.of(400, "HostNotFound", "the host does not answer as a PDS does");
      case BANNED -> throw ApiException.of(403, "HostBanned", "the host is banned from this relay");
      case TOO_MANY_NEW ->
          throw ApiException.rateLimited("too many hosts were added within a day", BUDGET);
    }
  }
}
