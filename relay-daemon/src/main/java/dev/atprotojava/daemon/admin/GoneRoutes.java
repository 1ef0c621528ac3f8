// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.admin;

import dev.atprotojava.daemon.http.ApiException;
import dev.atprotojava.daemon.http.Endpoint;
import dev.atprotojava.daemon.http.RequestThreads;
import dev.atprotojava.daemon.http.Routes;
import java.util.List;

/**
 * Routes of older relays that make no sense here: 410, with a sentence that says what to do
 * instead. A script that is answered 404 looks for a typing error; one that is answered 200 for
 * nothing believes that something was done.
 */
public final class GoneRoutes {
  private static final String NO_REPOSITORIES =
      "this relay keeps no repositories, so there is nothing to compact";
  private static final String NO_RESYNC =
      "this relay keeps no repositories, and asks each host by itself for what it missed";

  private static final List<Gone> ALL =
      List.of(
          new Gone("POST", "/admin/repo/compact", NO_REPOSITORIES),
          new Gone("POST", "/admin/repo/compactAll", NO_REPOSITORIES),
          new Gone(
              "POST",
              "/admin/repo/reset",
              "this relay keeps no repositories; a host repairs an account's state by a #sync"
                  + " event"),
          new Gone(
              "POST",
              "/admin/repo/verify",
              "this relay verifies every event when it comes; relay log verify checks what is"
                  + " kept"),
          new Gone("GET", "/admin/pds/resync", NO_RESYNC),
          new Gone("POST", "/admin/pds/resync", NO_RESYNC),
          new Gone(
              "POST",
              "/admin/pds/addTrustedDomain",
              "set trusted-domains (RELAY_TRUSTED_DOMAINS) and restart; it holds for hosts that"
                  + " are known already too"),
          new Gone(
              "POST",
              "/admin/alerts/accountLimitSent",
              "relays do not tell each other which alerts they sent; each has its own metrics"));

  private GoneRoutes() {}

  /**
   * A route that is gone.
   *
   * @param sentence why, and what to do instead
   */
  public record Gone(String method, String path, String sentence) {}

  /** All of them. */
  public static List<Gone> all() {
    return ALL;
  }

  /** Adds all of them. */
  public static void addTo(Routes.Builder routes) {
    for (Gone gone : ALL) {
      Endpoint endpoint =
          _ -> {
            throw ApiException.of(410, "Gone", gone.sentence());
          };
      if (gone.method().equals("GET")) {
        routes.get(gone.path(), RequestThreads.direct(), endpoint);
      } else {
        routes.post(gone.path(), RequestThreads.direct(), endpoint);
      }
    }
  }
}
