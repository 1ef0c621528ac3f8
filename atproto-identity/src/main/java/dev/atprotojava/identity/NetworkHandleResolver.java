// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.atprotojava.identity.HandleResolution.Ambiguous;
import dev.atprotojava.identity.HandleResolution.Failed;
import dev.atprotojava.identity.HandleResolution.Method;
import dev.atprotojava.identity.HandleResolution.NotFound;
import dev.atprotojava.identity.HandleResolution.Reserved;
import dev.atprotojava.identity.HandleResolution.Resolved;
import dev.atprotojava.identity.IdentityLookup.Unavailable.Reason;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Handle;
import dev.atprotojava.syntax.Hostname;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Function;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Asks the two places at which a handle can say which DID it means, DNS first.
 *
 * <pre>
 *   DNS     TXT _atproto.alice.example.com                         "did=did:plc:..."
 *   HTTPS   https://alice.example.com/.well-known/atproto-did      did:plc:...
 * </pre>
 *
 * <p>One after the other, so that DNS wins where they differ (ID-45), and the host is left alone
 * where DNS has spoken:
 *
 * <pre>
 *   DNS names            HTTPS is asked    result
 *   one DID              no                this one
 *   several DIDs         no                ambiguous
 *   none                 yes               what HTTPS says
 *   (fails)              yes               its DID, if it names one; else failed
 * </pre>
 *
 * <p>Remembers nothing and limits nothing; that is what {@link CachingHandleResolver} adds.
 *
 * <p>Source: atproto.com/specs/handle.
 */
public final class NetworkHandleResolver implements HandleResolver {
  /** The longest answer of a host that is looked at, in bytes (ID-43). */
  public static final int MAX_BYTES = 2_048;

  private static final String DNS_LABEL = "_atproto.";
  private static final String DNS_VALUE = "did=";
  private static final String PATH = "/.well-known/atproto-did";

  private final HttpFetcher http;
  private final TxtRecords txt;
  private final Function<Handle, @Nullable HttpUrl> hosts;

  NetworkHandleResolver(
      HttpFetcher http, TxtRecords txt, Function<Handle, @Nullable HttpUrl> hosts) {
    this.http = http.following(AddressPolicy.MAX_REDIRECTS);
    this.txt = txt;
    this.hosts = hosts;
  }

  /** A resolver at the name servers of this machine. */
  public static NetworkHandleResolver of(HttpFetcher http) {
    return of(http, TxtRecords.ofSystem());
  }

  /**
   * A resolver.
   *
   * @param http whose policy says which hosts may be asked, redirects included; under {@link
   *     AddressPolicy#dev} also those under {@code .test}
   */
  public static NetworkHandleResolver of(HttpFetcher http, TxtRecords txt) {
    return new NetworkHandleResolver(
        http, txt, handle -> HttpUrl.parse("https://" + handle + PATH));
  }

  @Override
  public HandleResolution resolve(Handle handle) {
    Handle asked = handle.normalized();
    if (!isResolvable(asked)) {
      return new Reserved();
    }
    HandleResolution byDns = askDns(asked);
    return switch (byDns) {
      case Resolved resolved -> resolved;
      case Ambiguous several -> several;
      case Reserved never -> never;
      case NotFound none -> askHost(asked);
      case Failed failed -> {
        HandleResolution byHost = askHost(asked);
        yield byHost instanceof NotFound ? failed : byHost;
      }
    };
  }

  private boolean isResolvable(Handle handle) {
    String name = handle.toString();
    return http.policy().allowsClearText() ? Hostname.isValidLocal(name) : Hostname.isValid(name);
  }

  private HandleResolution askDns(Handle handle) {
    String name = DNS_LABEL + handle;
    if (name.length() > Handle.MAX_LENGTH) {
      return new NotFound(); // ID-42: no such name can exist
    }
    Set<String> dids = new LinkedHashSet<>();
    try {
      for (String value : txt.lookup(name)) {
        if (value.startsWith(DNS_VALUE) && Did.isValid(value.substring(DNS_VALUE.length()))) {
          dids.add(value.substring(DNS_VALUE.length()));
        }
      }
    } catch (IOException unknown) {
      boolean interrupted = Thread.currentThread().isInterrupted();
      return new Failed(interrupted ? Reason.INTERRUPTED : Reason.UNREACHABLE);
    }
    return switch (dids.size()) {
      case 0 -> new NotFound();
      case 1 -> new Resolved(Did.parse(dids.iterator().next()), Method.DNS);
      default -> new Ambiguous();
    };
  }

  private HandleResolution askHost(Handle handle) {
    HttpUrl host = hosts.apply(handle);
    if (host == null) { // its name decodes to none, such as xn--0
      return new NotFound();
    }
    return switch (http.get(host, "text/plain", MAX_BYTES)) {
      case HttpFetcher.Answer answer -> judge(answer);
      // T-47: of a host that answers with a page, whatever its size, the handle is not.
      case HttpFetcher.NoAnswer none ->
          none.reason() == Reason.DOCUMENT_INVALID ? new NotFound() : new Failed(none.reason());
      case HttpFetcher.NoHost none -> new NotFound();
    };
  }

  private static HandleResolution judge(HttpFetcher.Answer answer) {
    int status = answer.status();
    if (status / 100 == 2) {
      Did did = readDid(answer.body());
      return did == null ? new NotFound() : new Resolved(did, Method.HTTPS);
    }
    return switch (status) {
      case 404, 410 -> new NotFound();
      case 429 -> new Failed(Reason.RATE_LIMITED);
      default -> new Failed(Reason.BAD_STATUS);
    };
  }

  /** The DID that is all of a host's answer but for blanks around it (ID-43), or null. */
  static @Nullable Did readDid(byte[] body) {
    String text = new String(body, ISO_8859_1).strip();
    return Did.isValid(text) ? Did.parse(text) : null;
  }
}
