// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.identity.IdentityLookup.Found;
import dev.atprotojava.identity.IdentityLookup.NotFound;
import dev.atprotojava.identity.IdentityLookup.Tombstoned;
import dev.atprotojava.identity.IdentityLookup.Unavailable;
import dev.atprotojava.identity.IdentityLookup.Unresolvable;
import dev.atprotojava.syntax.Did;
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

  static OkHttpClient client() {
    OkHttpClient client = AddressPolicy.publicOnly().applyTo(new OkHttpClient.Builder()).build();
    return client;
  }
}
