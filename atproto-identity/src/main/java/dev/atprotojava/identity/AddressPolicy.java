// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import javax.net.SocketFactory;
import okhttp3.CookieJar;
import okhttp3.Dns;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;

/**
 * Decides where this process may connect to, because nearly every URL it meets was written by a
 * stranger who would like to see it inside our network (ID-60).
 *
 * <p>Two policies exist. {@link #publicOnly} takes encrypted connections to ports 443 and 80 of
 * named hosts whose addresses are public (ID-61, ID-62). {@link #dev} takes everything, and is for
 * networks in which every host is one's own.
 *
 * <p>{@link #applyTo} puts an HTTP or WebSocket client under a policy, and holds whatever the URL:
 *
 * <ol>
 *   <li>Scheme, host and port are checked before a request, and again for each redirect.
 *   <li>The host is looked up once, and addresses that are refused are dropped.
 *   <li>The socket checks the address that it is told to connect to. This is the wall: it also
 *       stands before addresses that were written as such, for which no name is looked up, and
 *       there is no second lookup that could answer differently (DNS rebinding).
 *   <li>Redirects are not followed, unless by {@link #redirects}.
 *   <li>No proxy, no cookies, no credentials (ID-63).
 * </ol>
 *
 * <p>Other clients use {@link #socketFactory}, or ask {@link #requireAllowed(InetSocketAddress)}
 * with the very address that they then connect to.
 *
 * <p>Immutable; threads may share one.
 */
public final class AddressPolicy {
  /** The most redirects that {@link #redirects} can be told to follow. */
  public static final int MAX_REDIRECTS = 3;

  private final AddressRules rules;
  private final Dns dns;

  AddressPolicy(AddressRules rules, Dns dns) {
    this.rules = rules;
    this.dns = dns;
  }

  /**
   * Public hosts, encrypted. Names are looked up at the machine's name servers, within 3 seconds,
   * without its search domains.
   */
  public static AddressPolicy publicOnly() {
    return new AddressPolicy(AddressRules.PUBLIC, PublicDns.ofSystem());
  }

  /**
   * Everything: {@code http} and {@code ws}, localhost, private addresses, any port. Names are
   * looked up as the JDK does.
   */
  public static AddressPolicy dev() {
    return new AddressPolicy(AddressRules.DEV, Dns.SYSTEM);
  }

  /** The same policy with another way to look names up. */
  public AddressPolicy withDns(Dns other) {
    return new AddressPolicy(rules, other);
  }

  /** Whether connections need not be encrypted. */
  public boolean allowsClearText() {
    return rules.allowClearText();
  }

  /** Whether a URL may name this host. An IPv6 address is written without brackets. */
  public boolean allowsHost(String host) {
    return rules.allowHost(host);
  }

  /** Whether there may be connections to this port. */
  public boolean allowsPort(int port) {
    return rules.allowPort(port);
  }

  /** Whether there may be connections to this address. */
  public boolean allowsAddress(InetAddress address) {
    return rules.allowAddress(address);
  }

  /**
   * Refuses a URL by its text; its host's addresses are another question.
   *
   * @throws AddressRefusedException if scheme, host or port is not allowed
   */
  public void requireAllowed(HttpUrl url) throws AddressRefusedException {
    if (!url.isHttps() && !allowsClearText()) {
      throw new AddressRefusedException("connection without encryption");
    }
    if (!allowsHost(url.host())) {
      throw new AddressRefusedException("host that is not a public name");
    }
    requirePort(url.port());
  }

  /**
   * Refuses an address, right before a connection to it.
   *
   * @throws AddressRefusedException if address or port is not allowed, or the address is a name
   */
  public void requireAllowed(InetSocketAddress address) throws AddressRefusedException {
    InetAddress resolved = address.getAddress();
    if (resolved == null) {
      throw new AddressRefusedException("host that was not looked up");
    }
    requirePort(address.getPort());
    if (!allowsAddress(resolved)) {
      throw new AddressRefusedException("address that is not public");
    }
  }

  private void requirePort(int port) throws AddressRefusedException {
    if (!allowsPort(port)) {
      throw new AddressRefusedException(String.format(Locale.ROOT, "port %d", port));
    }
  }

  /** Sockets that check the address in {@link Socket#connect}, whoever calls it. */
  public SocketFactory socketFactory() {
    return new CheckedSockets(this);
  }

  /** Looks names up, and leaves out addresses that are refused. */
  public Dns dns() {
    return hostname -> {
      if (!allowsHost(hostname)) {
        throw new AddressRefusedException("host that is not a public name");
      }
      List<InetAddress> found = dns.lookup(hostname);
      if (found.isEmpty()) {
        throw new UnknownHostException("host has no address");
      }
      List<InetAddress> allowed = found.stream().filter(this::allowsAddress).toList();
      if (allowed.isEmpty()) {
        throw new AddressRefusedException("host whose addresses are not public");
      }
      return allowed;
    };
  }

  /**
   * Puts a client under this policy, as described above. Give it a {@link okhttp3.Dispatcher} of
   * its own: its default takes part of the requests of every client that shares it.
   */
  public OkHttpClient.Builder applyTo(OkHttpClient.Builder client) {
    return client
        .dns(dns())
        .socketFactory(socketFactory())
        // Else the system's proxy is asked, and connects for us to where we must not.
        .proxy(Proxy.NO_PROXY)
        .followRedirects(false)
        .followSslRedirects(false)
        .cookieJar(CookieJar.NO_COOKIES)
        .addInterceptor(
            chain -> {
              requireAllowed(chain.request().url());
              return chain.proceed(chain.request());
            });
  }

  /**
   * Follows redirects of GET and HEAD requests, each checked like a first request. Must be added to
   * a client before {@link #applyTo}.
   *
   * @param limit 1 to {@value #MAX_REDIRECTS}; the response to the last request is given as it is
   */
  public static Interceptor redirects(int limit) {
    return new Redirects(limit);
  }
}
