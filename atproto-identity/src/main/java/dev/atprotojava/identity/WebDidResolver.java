// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import static java.util.Objects.requireNonNull;

import dev.atprotojava.identity.DidResolution.Failed;
import dev.atprotojava.identity.IdentityLookup.Unavailable;
import dev.atprotojava.identity.IdentityLookup.Unresolvable.Cause;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Hostname;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Asks a did:web's own host for its document: {@code https://host/.well-known/did.json} (ID-20 to
 * ID-24).
 *
 * <p>Encrypted, but for localhost (ID-22). Only DIDs that are a hostname; for development also
 * {@code localhost}, with or without {@code %3A} and a port, over plain HTTP. A host that answers
 * 404 or 410, or does not exist, has no such DID now (ID-23, T-50).
 *
 * <p>Source: atproto.com/specs/did.
 */
public final class WebDidResolver implements DidResolver {
  private static final String ACCEPT = "application/did+ld+json,application/json";
  private static final String PATH = "/.well-known/did.json";
  private static final DidResolution.Unresolvable MALFORMED =
      new DidResolution.Unresolvable(Cause.MALFORMED);
  private static final DidResolution.Unresolvable HOST_REFUSED =
      new DidResolution.Unresolvable(Cause.HOST_REFUSED);

  private final HttpFetcher http;

  private WebDidResolver(HttpFetcher http) {
    this.http = http;
  }

  /** A resolver over a fetcher, whose policy says which hosts may be asked. */
  public static WebDidResolver of(HttpFetcher http) {
    return new WebDidResolver(http);
  }

  /**
   * A resolver that follows redirects (ID-06).
   *
   * @param redirects 1 to {@value AddressPolicy#MAX_REDIRECTS}, each checked like the first request
   */
  public static WebDidResolver following(HttpFetcher http, int redirects) {
    return new WebDidResolver(http.following(redirects));
  }

  @Override
  public DidResolution.@Nullable Unresolvable refusal(Did did) {
    if (!did.isWeb() || !did.isNormalized()) {
      return MALFORMED;
    }
    return isHostAllowed(host(did)) && url(did) != null ? null : HOST_REFUSED;
  }

  private boolean isHostAllowed(String host) {
    // ID-21: localhost and .test are for networks of one's own.
    return http.policy().allowsClearText() ? Hostname.isValidLocal(host) : Hostname.isValid(host);
  }

  private static String host(Did did) {
    return did.identifier().replace("%3A", ":");
  }

  @Override
  public DidResolution resolve(Did did) {
    DidResolution.Unresolvable refusal = refusal(did);
    if (refusal != null) {
      return refusal;
    }
    return switch (http.get(requireNonNull(url(did)), ACCEPT)) {
      case HttpFetcher.Answer answer -> judge(did, answer);
      case HttpFetcher.NoAnswer none -> new Failed(none.reason(), null);
      case HttpFetcher.NoHost none -> new DidResolution.NotFound();
    };
  }

  /** Null if the host has a name that decodes to none, such as {@code xn--0}. */
  private static @Nullable HttpUrl url(Did did) {
    String host = host(did);
    boolean localhost = Hostname.parseLocal(host).isLocalhost();
    return HttpUrl.parse((localhost ? "http://" : "https://") + host + PATH);
  }

  private DidResolution judge(Did did, HttpFetcher.Answer answer) {
    return switch (answer.status()) {
      case 200 -> Documents.parse(did, answer.body(), http.policy());
      case 404, 410 -> new DidResolution.NotFound();
      case 429 -> new Failed(Unavailable.Reason.RATE_LIMITED, answer.retryAfter());
      default -> new Failed(Unavailable.Reason.BAD_STATUS, answer.retryAfter());
    };
  }
}
