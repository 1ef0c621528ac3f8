// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.admin;

import dev.atprotojava.daemon.http.Answer;
import dev.atprotojava.daemon.http.Endpoint;
import dev.atprotojava.daemon.http.Request;
import dev.atprotojava.relay.Takedowns;
import java.util.List;

/**
 * {@code GET /admin/repo/takedowns}: the DIDs of the accounts that are taken down, in the order in
 * which that was first decided, in pages of {@code size}. {@code dids} is always an array, and
 * {@code cursor} a string, or not there on the last page: of anything else {@code goat} dies. Reads
 * the database.
 */
public final class AdminListTakedownsEndpoint implements Endpoint {
  private static final int MAX_SIZE = 1000;
  private static final int DEFAULT_SIZE = 500;

  private final Takedowns takedowns;

  /** The endpoint. */
  public AdminListTakedownsEndpoint(Takedowns takedowns) {
    this.takedowns = takedowns;
  }

  @Override
  public Answer answer(Request request) {
    int size = (int) request.number("size", 1, MAX_SIZE, DEFAULT_SIZE);
    List<Takedowns.Entry> found = takedowns.list(request.cursor(), size + 1);
    List<Takedowns.Entry> page = found.subList(0, Math.min(size, found.size()));
    return Answer.json(
        json -> {
          json.writeArrayFieldStart("dids");
          for (Takedowns.Entry entry : page) {
            json.writeString(entry.did().toString());
          }
          json.writeEndArray();
          if (found.size() > size) {
            json.writeStringField("cursor", Long.toString(page.getLast().position()));
          }
        });
  }
}
