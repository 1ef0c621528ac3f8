// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.atprotojava.daemon.http.Answer;
import dev.atprotojava.daemon.http.ApiException;
import dev.atprotojava.daemon.http.JsonObject;
import dev.atprotojava.daemon.http.Request;
import dev.atprotojava.relay.host.HostControl;
import dev.atprotojava.relay.host.Hosts;
import java.io.IOException;
import java.util.List;

/**
 * The routes below {@code /admin/subs}: which hosts are connected, who may become one, and which
 * domains never may. By the names of the reference relay. What changes something waits for the
 * database.
 */
public final class AdminSubscriptions {
  private static final int MOST_HOSTS = 1_000_000;

  private final Hosts hosts;
  private final HostControl control;
  private final boolean enabled;

  /**
   * The routes.
   *
   * @param enabled whether strangers may ask for hosts, by the configuration
   */
  public AdminSubscriptions(Hosts hosts, HostControl control, boolean enabled) {
    this.hosts = hosts;
    this.control = control;
    this.enabled = enabled;
  }

  /** {@code GET /admin/subs/getUpstreamConns}: the names of the hosts that are connected. */
  public Answer upstreamConnections(Request request) {
    List<String> connected = hosts.connected();
    return Answer.jsonArray(json -> writeAll(json, connected));
  }

  /**
   * {@code POST /admin/subs/killUpstream?host=&block=}: disconnects a host, which is idle until
   * somebody asks for it to be crawled; with {@code block} it is refused.
   */
  public Answer killUpstream(Request request) {
    String host = request.required("host");
    boolean block = request.parameter("block") != null && request.requiredFlag("block");
    return Success.ofHost(
        block ? control.ban(host, request.actor()) : control.disconnect(host, request.actor()));
  }

  /** {@code GET /admin/subs/getEnabled}: whether strangers may ask for hosts. */
  public Answer enabled(Request request) {
    return Answer.json(json -> json.writeBooleanField("enabled", control.takesRequests(enabled)));
  }

  /** {@code POST /admin/subs/setEnabled?enabled=}: decides that, for good. */
  public Answer setEnabled(Request request) {
    control.takeRequests(request.requiredFlag("enabled"), request.actor());
    return Success.done();
  }

  /** {@code GET /admin/subs/perDayLimit}: how many hosts strangers may add within 24 hours. */
  public Answer perDayLimit(Request request) {
    return Answer.json(json -> json.writeNumberField("limit", control.newHostsPerDay()));
  }

  /** {@code POST /admin/subs/setPerDayLimit?limit=}: decides that, for good. */
  public Answer setPerDayLimit(Request request) {
    control.newHostsPerDay((int) request.requiredNumber("limit", 0, MOST_HOSTS), request.actor());
    return Success.done();
  }

  /** {@code GET /admin/subs/listDomainBans}: the domains that are refused. */
  public Answer domainBans(Request request) {
    return Answer.json(
        json -> {
          json.writeArrayFieldStart("banned_domains");
          writeAll(json, control.domainBans());
          json.writeEndArray();
        });
  }

  /** {@code POST /admin/subs/banDomain}: refuses all hosts of a domain. */
  public Answer banDomain(Request request) {
    return ofDomain(control.banDomain(domain(request), request.actor()));
  }

  /** {@code POST /admin/subs/unbanDomain}: takes that back, and tries its hosts at once. */
  public Answer unbanDomain(Request request) {
    return ofDomain(control.unbanDomain(domain(request), request.actor()));
  }

  private static String domain(Request request) {
    JsonObject body = request.json();
    String domain = body.optional("Domain"); // some tools write it so, and others not
    return domain == null ? body.required("domain") : domain;
  }

  private static Answer ofDomain(boolean isDomain) {
    if (!isDomain) {
      throw ApiException.invalidRequest("domain is not one of at least two labels");
    }
    return Success.done();
  }

  private static void writeAll(JsonGenerator json, List<String> texts) throws IOException {
    for (String text : texts) {
      json.writeString(text);
    }
  }
}
