// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.admin;

import dev.atprotojava.daemon.http.Answer;
import dev.atprotojava.daemon.http.ApiException;
import dev.atprotojava.daemon.http.Endpoint;
import dev.atprotojava.daemon.http.Request;
import dev.atprotojava.relay.Takedowns;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.InvalidSyntaxException;

/**
 * {@code POST /admin/repo/takeDown} and {@code POST /admin/repo/reverseTakedown}, with {@code
 * {"did": …}}. The first also takes {@code "now": true}, of our own: the account's content is
 * erased from the log at once, not in a day. Blocks until the decision is durable and in force.
 *
 * <p>Answers like the reference relay: {@code {"success":"true"}}, also for a repeat, or 404 for an
 * account that the relay does not know.
 */
public final class AdminTakedownEndpoint implements Endpoint {
  /** Decides; false if there is no such account. */
  private interface Decision {
    boolean make(Request request, Did did);
  }

  private final Decision decision;

  private AdminTakedownEndpoint(Decision decision) {
    this.decision = decision;
  }

  /** The endpoint that takes down. */
  public static AdminTakedownEndpoint takeDown(Takedowns takedowns) {
    return new AdminTakedownEndpoint(
        (request, did) -> takedowns.takeDown(did, request.actor(), request.json().flag("now")));
  }

  /** The endpoint that lets back. */
  public static AdminTakedownEndpoint reverse(Takedowns takedowns) {
    return new AdminTakedownEndpoint((request, did) -> takedowns.reverse(did, request.actor()));
  }

  @Override
  public Answer answer(Request request) {
    if (!decision.make(request, did(request))) {
      throw ApiException.of(404, "RepoNotFound", "this relay does not know the account");
    }
    return Answer.json(json -> json.writeStringField("success", "true"));
  }

  private static Did did(Request request) {
    try {
      return Did.parse(request.json().required("did"));
    } catch (InvalidSyntaxException e) {
      throw ApiException.invalidRequest("did is not a DID");
    }
  }
}
