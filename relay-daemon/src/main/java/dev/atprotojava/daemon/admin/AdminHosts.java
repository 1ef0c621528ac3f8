// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.admin;

import dev.atprotojava.daemon.http.Answer;
import dev.atprotojava.daemon.http.ApiException;
import dev.atprotojava.daemon.http.JsonObject;
import dev.atprotojava.daemon.http.Request;
import dev.atprotojava.relay.host.HostControl;
import org.jspecify.annotations.Nullable;

/**
 * What is done to a host below {@code /admin/pds}: the routes of the reference relay, which name
 * the host in the query or in the body. Each waits for the database.
 */
public final class AdminHosts {
  private static final long MOST_ACCOUNTS = 1_000_000_000;
  private static final long MOST_EVENTS = 1_000_000_000_000L;

  private final HostControl control;

  /** The routes. */
  public AdminHosts(HostControl control) {
    this.control = control;
  }

  /** {@code POST /admin/pds/block?host=}: refuses a host. */
  public Answer block(Request request) {
    return Success.ofHost(control.ban(request.required("host"), request.actor()));
  }

  /** {@code POST /admin/pds/unblock?host=}: takes that back, and tries the host at once. */
  public Answer unblock(Request request) {
    return Success.ofHost(control.unban(request.required("host"), request.actor()));
  }

  /**
   * {@code POST /admin/pds/changeLimits}: how many accounts a host may have ({@code repo_limit}),
   * how many events it may send ({@code per_second}, {@code per_hour}, {@code per_day}), and
   * whether alerts about the former are silenced ({@code account_limit_alerts_silenced}). At least
   * one of these; the others stay. {@code crawl_rate}, which older tools send, means nothing here.
   */
  public Answer changeLimits(Request request) {
    JsonObject body = request.json();
    HostControl.Limits limits =
        new HostControl.Limits(
            body.number("repo_limit", 0, MOST_ACCOUNTS),
            events(body, "per_second"),
            events(body, "per_hour"),
            events(body, "per_day"),
            body.optionalFlag("account_limit_alerts_silenced"));
    if (limits.equals(new HostControl.Limits(null, null, null, null, null))) {
      throw ApiException.invalidRequest(
          "give repo_limit, per_second, per_hour, per_day or account_limit_alerts_silenced");
    }
    return Success.ofHost(control.limit(body.required("host"), limits, request.actor()));
  }

  private static @Nullable Long events(JsonObject body, String name) {
    return body.number(name, 1, MOST_EVENTS);
  }
}
