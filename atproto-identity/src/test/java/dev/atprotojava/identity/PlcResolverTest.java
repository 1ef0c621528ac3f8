// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import static dev.atprotojava.identity.LocalServer.ok;
import static dev.atprotojava.identity.LocalServer.raw;
import static dev.atprotojava.identity.LocalServer.status;
import static dev.atprotojava.identity.SampleDocument.DID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.identity.DidResolution.Failed;
import dev.atprotojava.identity.DidResolution.NotFound;
import dev.atprotojava.identity.DidResolution.Resolved;
import dev.atprotojava.identity.DidResolution.Tombstoned;
import dev.atprotojava.identity.DidResolution.Unresolvable;
import dev.atprotojava.identity.IdentityLookup.Unavailable.Reason;
import dev.atprotojava.identity.IdentityLookup.Unresolvable.Cause;
import dev.atprotojava.syntax.Did;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a directory answers, and what that means (ID-10 to ID-13, the last row of 10.5). A failure
 * that is read as a verdict takes accounts away from their owners (ID-04).
 */
class PlcResolverTest {
  private final LocalServer server = new LocalServer();
  private final HttpFetcher http = fetcher(Duration.ofSeconds(5));
  private final PlcResolver plc = PlcResolver.of(http, server.url());

  private static HttpFetcher fetcher(Duration timeout) {
    return HttpFetcher.builder()
        .policy(AddressPolicy.dev())
        .requestTimeout(timeout)
        .userAgent("test/1 (+https://example.com)")
        .build();
  }

  @AfterEach
  void close() {
    http.close();
    server.close();
  }

  private DidResolution resolve(LocalServer.Answer answer) {
    server.answer(answer);
    return plc.resolve(DID);
  }

  private static Failed failed(Reason reason) {
    return new Failed(reason, null);
  }

  // ID-11, ID-63.
  @Test
  void resolve_asksForTheDocument() {
    DidResolution resolution = resolve(ok(SampleDocument.sample().json()));

    assertThat(resolution).isInstanceOf(Resolved.class);
    assertThat(((Resolved) resolution).document().json()).isEqualTo(SampleDocument.sample().json());
    LocalServer.Request request = server.requests().get(0);
    assertThat(request.path()).isEqualTo("/" + DID);
    assertThat(request.header("Accept")).isEqualTo("application/did+ld+json,application/json");
    assertThat(request.header("User-Agent")).isEqualTo("test/1 (+https://example.com)");
    assertThat(request.header("Accept-Encoding")).isEqualTo("identity");
    assertThat(request.headers()).doesNotContainKeys("cookie", "authorization");
  }

  @Test
  void resolve_keepsThePathOfTheDirectory() {
    server.answer(ok(SampleDocument.sample().json()));
    PlcResolver.of(http, server.url() + "/mirror/").resolve(DID);
    PlcResolver.of(http, server.url() + "/mirror").resolve(DID);

    assertThat(server.paths()).containsExactly("/mirror/" + DID, "/mirror/" + DID);
  }

  @Test
  void resolve_sendsNoCookiesBack() {
    resolve(status(200, SampleDocument.sample().json(), "Set-Cookie", "a=b; Path=/"));
    plc.resolve(DID);

    assertThat(server.requests().get(1).header("Cookie")).isNull();
  }

  @Test
  void resolve_reusesTheConnection() {
    resolve(ok(SampleDocument.sample().json()));
    plc.resolve(DID);

    assertThat(server.connections()).isEqualTo(1);
  }

  // ID-12, ID-55, T-49: what is ended for good, and what was never there.
  @Test
  void resolve_tellsTombstonesFromUnknownDids() {
    assertThat(resolve(status(404, "{\"message\":\"DID not registered: " + DID + "\"}")))
        .isEqualTo(new NotFound());
    assertThat(resolve(status(404, "{\"message\":\"DID not available: " + DID + "\"}")))
        .isEqualTo(new Tombstoned());
    assertThat(resolve(status(410, ""))).isEqualTo(new Tombstoned());
    assertThat(resolve(status(410, "{\"message\":\"anything\"}"))).isEqualTo(new Tombstoned());
  }

  // Only the message counts, and only of the object: anything else could carry the words.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "not available",
        "<html>not available</html>",
        "[\"not available\"]",
        "{\"error\":\"not available\"}",
        "{\"details\":{\"message\":\"not available\"}}",
        "{\"message\":[\"not available\"]}",
        "{\"message\":null}",
        "{\"message\":\"not"
      })
  void resolve_ofAnotherNotFoundIsNotATombstone(String body) {
    assertThat(resolve(status(404, body))).isEqualTo(new NotFound());
  }

  @ParameterizedTest
  @ValueSource(ints = {201, 204, 301, 302, 307, 308, 400, 401, 403, 405, 500, 502, 503, 504, 599})
  void resolve_ofAnotherStatusIsAFailure(int status) {
    assertThat(resolve(status(status, "", "Location", "/elsewhere")))
        .isEqualTo(failed(Reason.BAD_STATUS));
    assertThat(server.paths()).containsExactly("/" + DID); // ID-06
  }

  @Test
  void resolve_heedsRetryAfter() {
    assertThat(resolve(status(429, "", "Retry-After", "17")))
        .isEqualTo(new Failed(Reason.RATE_LIMITED, Duration.ofSeconds(17)));
    assertThat(resolve(status(503, "", "Retry-After", "0")))
        .isEqualTo(new Failed(Reason.BAD_STATUS, Duration.ZERO));
    assertThat(resolve(status(429, ""))).isEqualTo(failed(Reason.RATE_LIMITED));
    assertThat(resolve(status(429, "", "Retry-After", "soon")))
        .isEqualTo(failed(Reason.RATE_LIMITED));
    assertThat(resolve(status(429, "", "Retry-After", "-1")))
        .isEqualTo(failed(Reason.RATE_LIMITED));
    assertThat(resolve(status(429, "", "Retry-After", "99999999999999999999")))
        .isEqualTo(failed(Reason.RATE_LIMITED));
  }

  @Test
  void resolve_heedsRetryAfterADate() {
    String inAYear =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            ZonedDateTime.now(ZoneOffset.UTC).plusDays(365));

    assertThat(resolve(status(429, "", "Retry-After", inAYear)))
        .isInstanceOfSatisfying(
            Failed.class,
            failed -> assertThat(failed.retryAfter()).isGreaterThan(Duration.ofDays(364)));
    assertThat(resolve(status(429, "", "Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT")))
        .isEqualTo(new Failed(Reason.RATE_LIMITED, Duration.ZERO));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "<html>", "[]", "{\"id\":\"did:plc:other234567other234567ot\"}", "{}"})
  void resolve_ofSomethingElseIsAFailure(String body) {
    assertThat(resolve(ok(body))).isEqualTo(failed(Reason.DOCUMENT_INVALID));
  }

  @Test
  void resolve_refusesMoreBytesThanTheLimit() {
    String largest =
        SampleDocument.sample().json()
            + " ".repeat(DidDocument.MAX_BYTES - SampleDocument.sample().bytes().length);

    assertThat(resolve(ok(largest))).isInstanceOf(Resolved.class);
    assertThat(resolve(ok(largest + " "))).isEqualTo(failed(Reason.DOCUMENT_INVALID));
    assertThat(resolve(LocalServer.flood())).isEqualTo(failed(Reason.DOCUMENT_INVALID));
    assertThat(resolve(raw("HTTP/1.1 200 x\r\nContent-Length: 99999999999\r\n\r\n{")))
        .isEqualTo(failed(Reason.DOCUMENT_INVALID));
  }

  // A few bytes of gzip are a gigabyte of JSON. None was asked for, so none is taken.
  @Test
  void resolve_refusesCompression() {
    assertThat(resolve(status(200, SampleDocument.sample().json(), "Content-Encoding", "gzip")))
        .isEqualTo(failed(Reason.DOCUMENT_INVALID));
    assertThat(resolve(status(200, SampleDocument.sample().json(), "Content-Encoding", "identity")))
        .isInstanceOf(Resolved.class);
  }

  @Test
  void resolve_ofABrokenAnswerIsAFailure() {
    assertThat(resolve(raw(""))).isEqualTo(failed(Reason.UNREACHABLE));
    assertThat(resolve(raw("SSH-2.0-OpenSSH\r\n"))).isEqualTo(failed(Reason.UNREACHABLE));
    assertThat(resolve(raw("HTTP/1.1 200 x\r\nContent-Length: 100\r\n\r\n{")))
        .isEqualTo(failed(Reason.UNREACHABLE));
    assertThat(resolve(raw("HTTP/1.1 200 x\r\nA: " + "a".repeat(1 << 20) + "\r\n\r\n")))
        .isEqualTo(failed(Reason.UNREACHABLE));
  }

  @Test
  void resolve_ofNobodyIsAFailure() {
    server.close();

    assertThat(plc.resolve(DID)).isEqualTo(failed(Reason.UNREACHABLE));
  }

  // ID-05: the limit is on the whole request. A server that drips stays within any limit on reads.
  @Test
  void resolve_ofASlowServerEndsInTime() {
    try (HttpFetcher hasty = fetcher(Duration.ofMillis(300))) {
      PlcResolver resolver = PlcResolver.of(hasty, server.url());
      for (LocalServer.Answer slow :
          new LocalServer.Answer[] {server.silence(), server.stall("{"), server.drip()}) {
        server.answer(slow);
        assertThat(resolver.resolve(DID)).isEqualTo(failed(Reason.TIMEOUT));
      }
    }
  }

  // The client lets an exception out that its signature does not have.
  @Test
  void resolve_thatIsInterruptedEnds() {
    server.answer(server.silence());
    Thread.currentThread().interrupt();

    assertThat(plc.resolve(DID)).isEqualTo(failed(Reason.INTERRUPTED));
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void resolve_afterTheFetcherWasClosedAsksNobody() {
    http.close();

    assertThat(plc.resolve(DID)).isEqualTo(failed(Reason.CLOSED));
    assertThat(server.requests()).isEmpty();
  }

  // ID-10: a DID that cannot be is not asked for.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "did:plc:EWVI7NXZYOUN6ZHXRHS64OIZ",
        "did:plc:ewvi7nxzyoun6zhxrhs64oi",
        "did:plc:ewvi7nxzyoun6zhxrhs64oizz",
        "did:plc:ewvi7nxzyoun6zhxrhs64oi1",
        "did:plc:ewvi7nxzyoun6zhxrhs64oi%a",
        "did:web:example.com",
        "did:key:zQ3shqwJEJyMBsBXCWyCBpUBMqxcon9oHB7mCvx4sSpMdLJwc"
      })
  void resolve_asksNobodyForWhatIsNoPlcDid(String text) {
    assertThat(plc.resolve(Did.parse(text))).isEqualTo(new Unresolvable(Cause.MALFORMED));
    assertThat(plc.refusal(Did.parse(text))).isEqualTo(new Unresolvable(Cause.MALFORMED));
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void refusal_isNoneForAPlcDid() {
    assertThat(plc.refusal(DID)).isNull();
  }

  // The directory is down, or its name is: nothing is known of the DID.
  @Test
  void resolve_withoutTheDirectorysHostIsAFailure() {
    AddressPolicy noHosts =
        AddressPolicy.publicOnly()
            .withDns(
                host -> {
                  throw new PublicDns.NoSuchHostException();
                });
    AddressPolicy noAnswers =
        AddressPolicy.publicOnly()
            .withDns(
                host -> {
                  throw new UnknownHostException();
                });

    assertThat(publicPlc(noHosts).resolve(DID)).isEqualTo(failed(Reason.UNREACHABLE));
    assertThat(publicPlc(noAnswers).resolve(DID)).isEqualTo(failed(Reason.UNREACHABLE));
    assertThat(publicPlc(AddressPolicy.publicOnly().withDns(LocalServer::loopback)).resolve(DID))
        .isEqualTo(failed(Reason.ADDRESS_REFUSED));
  }

  private static PlcResolver publicPlc(AddressPolicy policy) {
    return PlcResolver.of(HttpFetcher.builder().policy(policy).build());
  }

  // A mirror inside, for accounts outside.
  @Test
  void of_takesAnotherPolicyForTheDocuments() {
    server.answer(ok(SampleDocument.sample().withEndpoint("http://localhost:2583").json()));

    assertThat(pds(plc)).hasToString("http://localhost:2583");
    assertThat(pds(PlcResolver.of(http, server.url(), AddressPolicy.publicOnly()))).isNull();
  }

  private static @Nullable PdsEndpoint pds(PlcResolver resolver) {
    return ((Resolved) resolver.resolve(DID)).document().pds();
  }

  @Test
  void of_refusesWhatIsNoUrl() {
    assertThatThrownBy(() -> PlcResolver.of(http, "plc.directory"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
