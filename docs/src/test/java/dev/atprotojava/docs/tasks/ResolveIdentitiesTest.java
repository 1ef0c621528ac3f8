// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.docs.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.identity.CachingDirectory;
import dev.atprotojava.identity.HttpFetcher;
import dev.atprotojava.identity.IdentityLookup;
import dev.atprotojava.identity.PdsEndpoint;
import dev.atprotojava.identity.PlcResolver;
import dev.atprotojava.identity.WebDidResolver;
import dev.atprotojava.simulator.SimulatedServers;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.testing.Readme;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ResolveIdentitiesTest {
  private URI plc = URI.create("http://localhost");
  private @Nullable PublicKey key;
  private @Nullable PdsEndpoint pds;

  @Test
  void page_showsThisCode() {
    Readme.assertPageShowsCodeOf(
        ResolveIdentitiesTest.class, "docs", "tasks/resolve-identities.md");
  }

  @Test
  void example_findsKeyAndHost() throws InterruptedException {
    Network network = new Network();
    try (SimulatedServers servers = SimulatedServers.start(network.network)) {
      plc = servers.plc();
      resolve(network.account.did());
    }
    assertThat(key).isEqualTo(network.account.publicKey());
    assertThat(pds).isNotNull();
    assertThat(String.valueOf(pds)).contains(network.account.host().hostname());
  }

  private CachingDirectory directory(HttpFetcher http) {
    return CachingDirectory.builder(
            List.of(PlcResolver.of(http, plc.toString(), AddressPolicy.dev())),
            WebDidResolver.of(http))
        .build();
  }

  private void resolve(Did did) throws InterruptedException {
    AddressPolicy policy = AddressPolicy.dev();
    try (HttpFetcher http = HttpFetcher.builder().policy(policy).build();
        CachingDirectory directory = directory(http)) {
      switch (directory.lookup(did)) {
        case IdentityLookup.Found found -> {
          key = found.identity().signingKey();
          pds = found.identity().pds();
        }
        case IdentityLookup.NotFound gone -> System.out.println("no such account");
        case IdentityLookup.Tombstoned gone -> System.out.println("deleted for good");
        case IdentityLookup.Unresolvable bad -> System.out.println("unusable: " + bad.cause());
        case IdentityLookup.Unavailable later -> System.out.println("again at " + later.retryAt());
      }
      directory.markStale(did); // after an #identity event: the next who asks gets it anew
      directory.refresh(did); // after a signature that is wrong: now, once a minute
    }
  }
}
