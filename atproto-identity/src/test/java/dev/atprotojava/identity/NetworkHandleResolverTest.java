// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import static dev.atprotojava.identity.LocalServer.ok;
import static dev.atprotojava.identity.LocalServer.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.identity.HandleResolution.Ambiguous;
import dev.atprotojava.identity.HandleResolution.Failed;
import dev.atprotojava.identity.HandleResolution.Method;
import dev.atprotojava.identity.HandleResolution.NotFound;
import dev.atprotojava.identity.HandleResolution.Reserved;
import dev.atprotojava.identity.HandleResolution.Resolved;
import dev.atprotojava.identity.IdentityLookup.Unavailable.Reason;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Handle;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ID-41 to ID-45. Whoever can bend one of the two ways walks off with a name. */
class NetworkHandleResolverTest {
  private static final Handle ALICE = Handle.parse("alice.example.com");
  private static final Did DID = DirectoryRig.ALICE;
  private static final Did OTHER = DirectoryRig.BOB;

  private final LocalServer server = new LocalServer();
  private final HttpFetcher http = HttpFetcher.builder().policy(AddressPolicy.dev()).build();
  private final List<String> asked = new ArrayList<>();
  private TxtRecords txt = name -> List.of();

  @AfterEach
  void close() {
    http.close();
    server.close();
  }

  private HandleResolution resolve(Handle handle) {
    return new NetworkHandleResolver(
            http,
            name -> {
              asked.add(name);
              return txt.lookup(name);
            },
            each -> HttpUrl.get(server.url() + "/.well-known/atproto-did"))
        .resolve(handle);
  }

  private HandleResolution byDns(String... values) {
    txt = name -> List.of(values);
    return resolve(ALICE);
  }

  private HandleResolution byHttps(LocalServer.Answer answer) {
    server.answer(answer);
    return resolve(ALICE);
  }

  // DNS.

  @Test
  void dns_namesTheDid() {
    assertThat(byDns("did=" + DID)).isEqualTo(new Resolved(DID, Method.DNS));
    assertThat(asked).containsExactly("_atproto.alice.example.com");
    assertThat(server.paths()).isEmpty();
  }

  @Test
  void dns_ignoresOtherValues() {
    assertThat(
            byDns(
                "v=spf1 -all",
                DID.toString(),
                "did= " + OTHER,
                "did=nonsense",
                "DID=" + OTHER,
                "did=" + DID,
                "did=" + DID))
        .isEqualTo(new Resolved(DID, Method.DNS));
  }

  // Of two, either could be the attacker's; and HTTPS cannot mend what DNS has spoilt.
  @Test
  void dns_thatNamesTwoDidsNamesNone() {
    server.answer(ok(DID.toString()));

    assertThat(byDns("did=" + DID, "did=" + OTHER)).isEqualTo(new Ambiguous());
    assertThat(server.paths()).isEmpty();
  }

  // ID-42: 244 characters fit behind the label, 245 do not.
  @Test
  void dns_isNotAskedForANameThatCannotBe() {
    server.answer(ok(DID.toString()));
    Handle fits = Handle.parse(("a".repeat(59) + ".").repeat(3) + "b".repeat(60) + ".com");
    assertThat(fits.toString()).hasSize(244);

    resolve(fits);
    assertThat(asked).hasSize(1);
    assertThat(resolve(Handle.parse(fits.toString().replaceFirst("^a", "aa"))))
        .isEqualTo(new Resolved(DID, Method.HTTPS));
    assertThat(asked).hasSize(1);
  }

  // HTTPS.

  @ParameterizedTest
  @ValueSource(strings = {"%s", "%s\n", "  \t%s \r\n"})
  void https_namesTheDid(String body) {
    assertThat(byHttps(ok(body.formatted(DID)))).isEqualTo(new Resolved(DID, Method.HTTPS));
    assertThat(server.paths()).containsExactly("/.well-known/atproto-did");
  }

  // T-47: 2xx is enough, and only a DID is one.
  @Test
  void https_takesAnySuccess() {
    assertThat(byHttps(status(203, DID.toString()))).isEqualTo(new Resolved(DID, Method.HTTPS));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>no such page</html>",
        "%s\n%s",
        "did=%s",
        "\"%s\"",
        "did:plc:", // no DID
        "@%s"
      })
  void https_ofAnythingElseNamesNone(String body) {
    assertThat(byHttps(ok(body.formatted(DID, OTHER)))).isEqualTo(new NotFound());
  }

  // ID-43: at the limit a DID with much blank around it, a byte more is a page.
  @Test
  void https_readsSoMuchAndNoMore() {
    String longest = DID + " ".repeat(NetworkHandleResolver.MAX_BYTES - DID.toString().length());

    assertThat(byHttps(ok(longest))).isEqualTo(new Resolved(DID, Method.HTTPS));
    assertThat(byHttps(ok(longest + " "))).isEqualTo(new NotFound());
    assertThat(byHttps(LocalServer.flood())).isEqualTo(new NotFound());
  }

  @Test
  void https_tellsNoneFromFailing() {
    assertThat(byHttps(status(404, DID.toString()))).isEqualTo(new NotFound());
    assertThat(byHttps(status(410, ""))).isEqualTo(new NotFound());
    assertThat(byHttps(status(500, DID.toString()))).isEqualTo(new Failed(Reason.BAD_STATUS));
    assertThat(byHttps(status(403, ""))).isEqualTo(new Failed(Reason.BAD_STATUS));
    assertThat(byHttps(status(429, ""))).isEqualTo(new Failed(Reason.RATE_LIMITED));
    assertThat(byHttps(LocalServer.raw("nonsense\r\n\r\n")))
        .isEqualTo(new Failed(Reason.UNREACHABLE));
  }

  // T-48: up to three, each checked like the first (AddressPolicyTest).
  @Test
  void https_followsRedirects() {
    server.answer(
        (request, to) -> {
          int hop = request.path().length() - "/.well-known/atproto-did".length();
          (hop == 3 ? ok(DID.toString()) : status(302, "", "Location", request.path() + "x"))
              .give(request, to);
        });
    assertThat(resolve(ALICE)).isEqualTo(new Resolved(DID, Method.HTTPS));

    server.answer((request, to) -> status(302, "", "Location", "/").give(request, to));
    assertThat(resolve(ALICE)).isEqualTo(new Failed(Reason.BAD_STATUS));
  }

  /** Which host would be asked, and that a redirect to the inside is not followed. */
  @Test
  void https_ofAPublicHostIsEncryptedAndChecked() {
    List<String> hosts = new ArrayList<>();
    try (HttpFetcher recording =
        HttpFetcher.builder()
            .policy(
                AddressPolicy.publicOnly()
                    .withDns(
                        host -> {
                          hosts.add(host);
                          return LocalServer.loopback(host);
                        }))
            .build()) {
      HandleResolution resolution =
          NetworkHandleResolver.of(recording, name -> List.of()).resolve(ALICE);

      assertThat(resolution).isEqualTo(new Failed(Reason.ADDRESS_REFUSED));
      assertThat(hosts).containsExactly("alice.example.com");
    }
  }

  @Test
  void https_ofAHostThatDoesNotExistNamesNone() {
    try (HttpFetcher nowhere =
        HttpFetcher.builder()
            .policy(
                AddressPolicy.publicOnly()
                    .withDns(
                        host -> {
                          throw new PublicDns.NoSuchHostException();
                        }))
            .build()) {
      assertThat(NetworkHandleResolver.of(nowhere, name -> List.of()).resolve(ALICE))
          .isEqualTo(new NotFound());
    }
  }

  // Both.

  @Test
  void dns_winsOverHttps() {
    server.answer(ok(OTHER.toString()));

    assertThat(byDns("did=" + DID)).isEqualTo(new Resolved(DID, Method.DNS));
  }

  private static List<String> failing(String name) throws IOException {
    throw new UnknownHostException();
  }

  // A name server that is down must not take the name away, nor may its silence count as "none".
  @Test
  void dns_thatFailsLeavesHttps() {
    txt = NetworkHandleResolverTest::failing;

    assertThat(byHttps(ok(DID.toString()))).isEqualTo(new Resolved(DID, Method.HTTPS));
    assertThat(byHttps(status(404, ""))).isEqualTo(new Failed(Reason.UNREACHABLE));
    assertThat(byHttps(status(500, ""))).isEqualTo(new Failed(Reason.BAD_STATUS));
  }

  // Names that never resolve.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "handle.invalid",
        "a.alt",
        "a.arpa",
        "a.example",
        "a.internal",
        "a.invalid",
        "a.local",
        "a.localhost",
        "a.onion",
        "A.ONION",
        "a.test"
      })
  void resolve_asksNobodyForReservedNames(String name) {
    HandleResolver publicOnly =
        NetworkHandleResolver.of(
            HttpFetcher.open(),
            each -> {
              throw new AssertionError("asked");
            });

    assertThat(publicOnly.resolve(Handle.parse(name))).isEqualTo(new Reserved());
    if (!name.endsWith(".test")) {
      assertThat(resolve(Handle.parse(name))).isEqualTo(new Reserved()); // in development, too
      assertThat(asked).isEmpty();
    }
  }

  @Test
  void resolve_asksForTestNamesInDevelopment() {
    txt = name -> List.of("did=" + DID);

    assertThat(resolve(Handle.parse("alice.test"))).isEqualTo(new Resolved(DID, Method.DNS));
  }

  // ID-45.
  @Test
  void resolve_asksInLowerCase() {
    txt = name -> List.of("did=" + DID);
    resolve(Handle.parse("Alice.Example.COM"));

    assertThat(asked).containsExactly("_atproto.alice.example.com");
  }

  /** The name decodes to nothing, so there is no host to ask; a fault would be nobody's answer. */
  @Test
  void https_isNotAskedAtAHostWithoutAUrl() {
    NetworkHandleResolver real = NetworkHandleResolver.of(http, name -> List.of());

    assertThat(real.resolve(Handle.parse("xn--0.example.com"))).isEqualTo(new NotFound());
  }
}
