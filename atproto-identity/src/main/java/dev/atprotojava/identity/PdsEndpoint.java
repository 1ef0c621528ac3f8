// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.identity.IdentityException.Fault;
import java.net.URI;
import java.util.Locale;
import java.util.Objects;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Where an account's server is: the origin that its DID document names (ID-34).
 *
 * <p>Kept in normal form, so that equal endpoints are equal values: scheme and host in lower case,
 * no port where it is the scheme's own, no slash behind (T-45). That a server is there is not said,
 * nor that it may be connected to: an endpoint with a port such as 8443 parses, and the {@link
 * AddressPolicy} still refuses the connection (ID-62).
 */
public final class PdsEndpoint {
  /** The longest endpoint that is looked at, in characters. */
  public static final int MAX_LENGTH = 512;

  private static final int HTTPS_PORT = 443;
  private static final int HTTP_PORT = 80;
  private static final int MAX_PORT = 65_535;

  private final String origin;
  private final int hostStart;
  private final int port;

  private PdsEndpoint(String scheme, String host, int port) {
    this.hostStart = scheme.length() + 3;
    this.port = port;
    this.origin = scheme + "://" + host + (port == defaultPort(scheme) ? "" : ":" + port);
  }

  /**
   * The endpoint in a text: scheme, host, perhaps a port, perhaps one slash, nothing else.
   *
   * @throws IdentityException if there is more or less, or the policy allows no such scheme or host
   */
  public static PdsEndpoint parse(String text, AddressPolicy policy) {
    PdsEndpoint endpoint = find(text, policy);
    if (endpoint == null) {
      throw new IdentityException(
          Fault.ENDPOINT, "service endpoint is not the origin of a server: https://host");
    }
    return endpoint;
  }

  /** The endpoint in a text, or null if it is none. */
  static @Nullable PdsEndpoint find(String text, AddressPolicy policy) {
    int schemeEnd = text.indexOf("://");
    if (schemeEnd < 0 || text.length() > MAX_LENGTH) {
      return null;
    }
    String scheme = text.substring(0, schemeEnd).toLowerCase(Locale.ROOT);
    boolean known = scheme.equals("https") || (scheme.equals("http") && policy.allowsClearText());
    int end = text.endsWith("/") ? text.length() - 1 : text.length();
    if (!known || end < schemeEnd + 3) {
      return null;
    }
    String authority = text.substring(schemeEnd + 3, end).toLowerCase(Locale.ROOT);
    // The last colon, unless it is one inside of [::1].
    int colon = authority.indexOf(':', authority.lastIndexOf(']') + 1);
    int port = colon < 0 ? defaultPort(scheme) : port(authority, colon + 1);
    String host = colon < 0 ? authority : authority.substring(0, colon);
    boolean valid =
        port > 0
            && isHost(host)
            && policy.allowsHost(unbracketed(host))
            && HttpUrl.parse(scheme + "://" + host) != null; // a name may decode to none
    return valid ? new PdsEndpoint(scheme, host, port) : null;
  }

  private static int defaultPort(String scheme) {
    return scheme.equals("https") ? HTTPS_PORT : HTTP_PORT;
  }

  /** The number from an index to the end; 0 if there is none from 1 to 65535. */
  private static int port(String authority, int from) {
    int port = 0;
    for (int i = from; i < authority.length(); i++) {
      char c = authority.charAt(i);
      if (c < '0' || c > '9' || (port == 0 && c == '0') || port > MAX_PORT) {
        return 0;
      }
      port = port * 10 + c - '0';
    }
    return port > MAX_PORT ? 0 : port;
  }

  /**
   * Letters, digits, dots and hyphens, or an IPv6 address in brackets; the policy says the rest.
   */
  private static boolean isHost(String host) {
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    String bare = unbracketed(host);
    if (bare.isEmpty() || (!bracketed && bare.length() != host.length())) {
      return false;
    }
    for (int i = 0; i < bare.length(); i++) {
      char c = bare.charAt(i);
      boolean letter = c >= 'a' && c <= 'z';
      boolean digit = c >= '0' && c <= '9';
      if (!letter && !digit && c != '.' && c != (bracketed ? ':' : '-')) {
        return false;
      }
    }
    return true;
  }

  private static String unbracketed(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  /** Whether the connection is encrypted. Always, but under {@link AddressPolicy#dev}. */
  public boolean isSecure() {
    return hostStart == "https://".length();
  }

  /** The origin as a URI, to be asked over HTTP. */
  public URI uri() {
    return URI.create(origin);
  }

  /** The host alone, in lower case; an IPv6 address in brackets. */
  public String host() {
    int colon = origin.indexOf(':', Math.max(hostStart, origin.lastIndexOf(']')));
    return colon < 0 ? origin.substring(hostStart) : origin.substring(hostStart, colon);
  }

  /** The port, written or not. */
  public int port() {
    return port;
  }

  /** Host and, unless it is the scheme's own, port: the name by which a relay knows a server. */
  public String authority() {
    return origin.substring(hostStart);
  }

  /** Whether {@link #authority} is this text. Allocates nothing. */
  public boolean hasAuthority(String authority) {
    return origin.length() - hostStart == authority.length()
        && origin.startsWith(authority, hostStart);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PdsEndpoint that && origin.equals(that.origin);
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(origin);
  }

  /** The origin: {@code https://pds.example.com}. */
  @Override
  public String toString() {
    return origin;
  }
}
