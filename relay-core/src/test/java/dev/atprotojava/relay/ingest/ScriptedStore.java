// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.DidHash;
import dev.atprotojava.syntax.Did;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Accounts on a disk that answers when a test says. */
final class ScriptedStore implements AccountLoader {
  private record Request(Did did, Consumer<@Nullable AccountRecord> whenDone) {}

  final Map<Did, AccountRecord> accounts = new HashMap<>();
  private final List<Request> open = new ArrayList<>();

  @Override
  public void load(DidHash hash, Did did, Consumer<@Nullable AccountRecord> whenDone) {
    open.add(new Request(did, whenDone));
  }

  void put(AccountRecord account) {
    accounts.put(account.did(), account);
  }

  int waiting() {
    return open.size();
  }

  /** Answers one of the requests. */
  void answer(int index) {
    Request request = open.remove(index);
    request.whenDone().accept(accounts.get(request.did()));
  }

  /** Answers all of them. */
  void answerAll() {
    while (!open.isEmpty()) {
      answer(0);
    }
  }
}
