// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

import dev.atprotojava.relay.StatusSource;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.syntax.Did;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What hosts say of accounts, when and as a test says. */
final class ScriptedStatuses implements StatusSource {
  record Request(String hostname, Did did, Consumer<Optional<AccountStatus>> whenDone) {}

  final List<Request> open = new ArrayList<>();
  int asked;

  @Override
  public void ask(
      String hostname, boolean secure, Did did, Consumer<Optional<AccountStatus>> whenDone) {
    asked++;
    open.add(new Request(hostname, did, whenDone));
  }

  /** Answers the oldest request; null for no answer. */
  void answer(@Nullable AccountStatus status) {
    open.removeFirst().whenDone().accept(Optional.ofNullable(status));
  }
}
