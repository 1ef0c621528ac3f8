// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.identity.IdentityLookup.Found;
import dev.atprotojava.identity.IdentityLookup.NotFound;
import dev.atprotojava.identity.IdentityLookup.Tombstoned;
import dev.atprotojava.identity.IdentityLookup.Unavailable;
import dev.atprotojava.identity.IdentityLookup.Unresolvable;
import dev.atprotojava.identity.PlcLogReader.Answer.Log;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Handle;
import java.time.Instant;
import okhttp3.OkHttpClient;

/** The code of README.md; {@link ReadmeTest} compares the two. */
final class ReadmeExample {
  private ReadmeExample() {}

  @SuppressWarnings("SystemOut") // a reader of the README has nothing else
  static void lookUp(String text) {
    try (CachingDirectory directory = CachingDirectory.open()) {
      switch (directory.lookup(Did.parse(text))) {
        case Found(Identity identity) ->
            System.out.println(identity.handle() + " " + identity.pds());
        case NotFound none -> System.out.println("no such account");
        case Tombstoned none -> System.out.println("deleted");
        case Unresolvable never -> System.out.println("never: " + never.cause());
        case Unavailable later -> System.out.println("not now, try again at " + later.retryAt());
      }
    }
  }

  static Handle shown(HttpFetcher http, IdentityDirectory directory, Identity identity) {
    HandleResolver handles = CachingHandleResolver.of(NetworkHandleResolver.of(http));
    HandleDirectory accounts = HandleDirectory.of(handles, directory);
    Handle shown = accounts.verify(identity).shown(); // handle.invalid, unless both agree
    return shown;
  }

  @SuppressWarnings("SystemOut")
  static void audit(HttpFetcher http, Did did, Instant time) {
    if (PlcLogReader.of(http, PlcResolver.PUBLIC_DIRECTORY).read(did) instanceof Log(var entries)
        && PlcAudit.of(did, entries) instanceof PlcAudit.Valid(PlcOperationLog log)) {
      System.out.println("keys of then: " + log.operationAt(time));
    }
  }

  static OkHttpClient client() {
    OkHttpClient client = AddressPolicy.publicOnly().applyTo(new OkHttpClient.Builder()).build();
    return client;
  }
}
