// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

import dev.atprotojava.identity.IdentityLookup;
import dev.atprotojava.relay.IdentitySource;
import dev.atprotojava.syntax.Did;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Who a DID is, when and as a test says. */
final class ScriptedIdentities implements IdentitySource {
  static final IdentityLookup UNAVAILABLE =
      new IdentityLookup.Unavailable(
          IdentityLookup.Unavailable.Reason.TIMEOUT, Instant.parse("2024-06-01T12:00:02Z"));

  /** Somebody asks. */
  record Request(Did did, boolean force, Consumer<IdentityLookup> whenDone) {}

  final List<Request> open = new ArrayList<>();
  final Set<Did> stale = new HashSet<>();
  boolean available = true;
  int asked;
  private final Map<Did, IdentityLookup> known = new HashMap<>();

  /** What is remembered from now on. */
  void know(Did did, IdentityLookup lookup) {
    known.put(did, lookup);
    stale.remove(did);
  }

  @Override
  public @Nullable IdentityLookup cached(Did did) {
    return stale.contains(did) ? null : known.get(did);
  }

  @Override
  public void resolve(Did did, boolean force, Consumer<IdentityLookup> whenDone) {
    asked++;
    open.add(new Request(did, force, whenDone));
  }

  @Override
  public void markStale(Did did) {
    stale.add(did);
  }

  @Override
  public boolean available() {
    return available;
  }

  /** Answers the only request there is. */
  Request answer(IdentityLookup lookup) {
    if (open.size() != 1) {
      throw new AssertionError(open.size() + " requests are open");
    }
    return answer(0, lookup);
  }

  /** Answers one of the requests. */
  Request answer(int index, IdentityLookup lookup) {
    Request request = open.remove(index);
    if (!(lookup instanceof IdentityLookup.Unavailable)) {
      know(request.did(), lookup);
    }
    request.whenDone().accept(lookup);
    return request;
  }
}
