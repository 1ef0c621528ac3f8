// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import static dev.atprotojava.identity.LocalServer.ok;
import static dev.atprotojava.identity.LocalServer.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.identity.DidResolution.Failed;
import dev.atprotojava.identity.DidResolution.NotFound;
import dev.atprotojava.identity.DidResolution.Resolved;
import dev.atprotojava.identity.DidResolution.Unresolvable;
import dev.atprotojava.identity.IdentityLookup.Unavailable.Reason;
import dev.atprotojava.identity.IdentityLookup.Unresolvable.Cause;
import dev.atprotojava.syntax.Did;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ID-20 to ID-24: a did:web names a host, and anybody can name any host. */
class WebDidResolverTest {
  private final LocalServer server = new LocalServer();
  private final HttpFetcher http = HttpFetcher.builder().policy(AddressPolicy.dev()).build();
  private final WebDidResolver web = WebDidResolver.of(http);
  private final Did local = Did.parse("did:web:localhost%3A" + server.port());

  @AfterEach
  void close() {
    http.close();
    server.close();
  }

  private DidResolution resolve(LocalServer.Answer answer) {
    server.answer(answer);
    return web.resolve(local);
  }

  // ID-22.
  @Test
  void resolve_asksTheHostForItsDocument() {
    assertThat(resolve(ok(SampleDocument.of(local).json()))).isInstanceOf(Resolved.class);
    assertThat(server.paths()).containsExactly("/.well-known/did.json");
  }

  /** Which host would be asked, and over which port; a public host cannot be tried. */
  @Test
  void resolve_asksAPublicHostEncrypted() {
    List<String> asked = new ArrayList<>();
    HttpFetcher recording =
        HttpFetcher.builder()
            .policy(
                AddressPolicy.publicOnly()
                    .withDns(
                        host -> {
                          asked.add(host);
                          throw new UnknownHostException();
                        }))
            .build();

    DidResolution resolution =
        WebDidResolver.of(recording).resolve(Did.parse("did:web:alice.example.com"));

    assertThat(resolution).isEqualTo(new Failed(Reason.UNREACHABLE, null));
    assertThat(asked).containsExactly("alice.example.com"); // plain http is refused before
  }

  // ID-23, T-50: gone is gone for now, and everything else is no verdict.
  @Test
  void resolve_tellsGoneFromFailing() {
    assertThat(resolve(status(404, ""))).isEqualTo(new NotFound());
    assertThat(resolve(status(404, "{\"message\":\"DID not available\"}")))
        .isEqualTo(new NotFound());
    assertThat(resolve(status(410, ""))).isEqualTo(new NotFound());
    assertThat(resolve(status(403, ""))).isEqualTo(new Failed(Reason.BAD_STATUS, null));
    assertThat(resolve(status(500, ""))).isEqualTo(new Failed(Reason.BAD_STATUS, null));
    assertThat(resolve(status(429, "", "Retry-After", "9")))
        .isEqualTo(new Failed(Reason.RATE_LIMITED, Duration.ofSeconds(9)));
    assertThat(resolve(ok("<html>Welcome</html>")))
        .isEqualTo(new Failed(Reason.DOCUMENT_INVALID, null));
  }

  @Test
  void resolve_ofAHostThatDoesNotExistIsNotFound() {
    assertThat(
            publicWeb(
                host -> {
                  throw new PublicDns.NoSuchHostException();
                }))
        .isEqualTo(new NotFound());
  }

  @Test
  void resolve_ofAHostInsideIsRefused() {
    assertThat(publicWeb(LocalServer::loopback))
        .isEqualTo(new Failed(Reason.ADDRESS_REFUSED, null));
  }

  private static DidResolution publicWeb(okhttp3.Dns dns) {
    HttpFetcher fetcher =
        HttpFetcher.builder().policy(AddressPolicy.publicOnly().withDns(dns)).build();
    return WebDidResolver.of(fetcher).resolve(Did.parse("did:web:alice.example.com"));
  }

  @Test
  void resolve_refusesTheDocumentOfAnother() {
    assertThat(resolve(ok(SampleDocument.sample().json())))
        .isEqualTo(new Failed(Reason.DOCUMENT_INVALID, null));
  }

  // ID-06.
  @Test
  void resolve_followsRedirectsOnlyIfToldTo() {
    server.answer(
        (request, to) ->
            (request.path().equals("/moved")
                    ? ok(SampleDocument.of(local).json())
                    : status(301, "", "Location", "/moved"))
                .give(request, to));

    assertThat(web.resolve(local)).isEqualTo(new Failed(Reason.BAD_STATUS, null));
    assertThat(WebDidResolver.following(http, 1).resolve(local)).isInstanceOf(Resolved.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "did:web:example.com:user:alice",
        "did:web:example.com%3A8443",
        "did:web:example.com%2Fpath",
        "did:web:Example.com",
        "did:web:example",
        "did:web:127.0.0.1",
        "did:web:127.1",
        "did:web:0x7f.0.0.1",
        "did:web:localhost%3A0",
        "did:web:localhost%3a2583",
        "did:web:localhost:2583",
        "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
      })
  void refusal_ofWhatIsNoHostLevelDid(String text) {
    assertThat(web.refusal(Did.parse(text))).isEqualTo(new Unresolvable(Cause.MALFORMED));
    assertThat(web.resolve(Did.parse(text))).isEqualTo(new Unresolvable(Cause.MALFORMED));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "did:web:localhost",
        "did:web:localhost%3A2583",
        "did:web:alice.test",
        "did:web:db.internal",
        "did:web:printer.local"
      })
  void refusal_ofAHostThatIsNotPublic(String text) {
    WebDidResolver outside =
        WebDidResolver.of(HttpFetcher.builder().policy(AddressPolicy.publicOnly()).build());

    assertThat(outside.refusal(Did.parse(text))).isEqualTo(new Unresolvable(Cause.HOST_REFUSED));
  }

  @ParameterizedTest
  @ValueSource(strings = {"did:web:localhost", "did:web:localhost%3A2583", "did:web:alice.test"})
  void refusal_isNoneForALocalHostInDevelopment(String text) {
    assertThat(web.refusal(Did.parse(text))).isNull();
  }

  @Test
  void refusal_isNoneForAPublicHost() {
    assertThat(web.refusal(Did.parse("did:web:alice.example.com"))).isNull();
  }

  /**
   * Valid by its letters, but it decodes to nothing, so that there is no URL. A fault here would be
   * a question without an answer.
   */
  @Test
  void resolve_refusesAHostWithoutAUrl() {
    try (HttpFetcher publicHttp = HttpFetcher.open()) {
      WebDidResolver publicWeb = WebDidResolver.of(publicHttp);
      Did did = Did.parse("did:web:xn--0.example.com");

      assertThat(publicWeb.refusal(did)).isEqualTo(new Unresolvable(Cause.HOST_REFUSED));
      assertThat(publicWeb.resolve(did)).isEqualTo(new Unresolvable(Cause.HOST_REFUSED));
      assertThat(publicWeb.refusal(Did.parse("did:web:xn--bcher-kva.example.com"))).isNull();
    }
  }
}
