// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.xrpc;

import dev.atprotojava.daemon.http.Answer;
import dev.atprotojava.daemon.http.ApiException;
import dev.atprotojava.daemon.http.Endpoint;
import dev.atprotojava.daemon.http.Request;
import dev.atprotojava.relay.host.CrawlAnswer;
import dev.atprotojava.relay.host.HostControl;
import dev.atprotojava.relay.host.Hosts;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HexFormat;

/**
 * {@code com.atproto.sync.requestCrawl}: a host asks to be followed (RL-52 to RL-54). Blocks while
 * the host is asked who it is.
 */
public final class RequestCrawlEndpoint implements Endpoint {
  private static final Duration BUDGET = Duration.ofHours(1);

  private final Hosts hosts;
  private final HostControl control;
  private final boolean enabled;

  /**
   * The public endpoint.
   *
   * @param control knows whether the operator decided otherwise
   * @param enabled false if the operator wants to add hosts alone, by the configuration
   */
  public RequestCrawlEndpoint(Hosts hosts, HostControl control, boolean enabled) {
    this.hosts = hosts;
    this.control = control;
    this.enabled = enabled;
  }

  @Override
  public Answer answer(Request request) {
    if (!control.takesRequests(enabled)) {
      throw ApiException.of(403, "Forbidden", "this relay does not take requests for crawling");
    }
    String hostname = request.json().required("hostname");
    requireAccepted(hosts.requestCrawlFrom(asker(request.address()), hostname));
    return new Answer.Empty();
  }

  /**
   * Who asks, as budgets count it: an address, of IPv6 its first 64 bits. Nobody, if it is this
   * machine: that is a proxy that the operator has not named, and everybody would be one.
   */
  static String asker(InetAddress address) {
    if (address.isLoopbackAddress()) {
      return "";
    }
    byte[] bytes = address.getAddress();
    return HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, 8));
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
      case DOMAIN_BANNED -> // the name and status of the reference relay
          throw ApiException.of(
              401, "DomainBan", "the domain of the host is banned from this relay");
      case TOO_MANY_NEW ->
          throw ApiException.rateLimited("too many hosts were added within a day", BUDGET);
      case TOO_MANY_OF_DOMAIN ->
          throw ApiException.rateLimited(
              "too many hosts of the same domain were added within a day", BUDGET);
      case TOO_MANY_FROM_ADDRESS ->
          throw ApiException.rateLimited(
              "too many hosts were added within a day by whoever asks", BUDGET);
    }
  }
}
