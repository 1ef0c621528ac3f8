// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.identity.IdentityLookup.Unavailable.Reason;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * Fetches small documents from servers of strangers, within limits (ID-05, ID-63): 3 seconds to
 * connect, 5 seconds in all, {@value DidDocument#MAX_BYTES} bytes of a document, every socket under
 * an {@link AddressPolicy}.
 *
 * <p>Bytes are counted as they are read. Compression is not offered, and a compressed answer is
 * refused, so that no small answer becomes a large one. Connections are kept for reuse, up to 64
 * for half a minute. Threads may share one; close it when done, which ends its requests.
 */
public final class HttpFetcher implements AutoCloseable {
  /** What an attempt came to. */
  sealed interface Fetched {}

  /** An answer. The body is empty unless the status is one whose body is read. */
  static final class Answer implements Fetched {
    private final int status;
    private final byte[] body;
    private final @Nullable Duration retryAfter;

    Answer(int status, byte[] body, @Nullable Duration retryAfter) {
      this.status = status;
      this.body = body;
      this.retryAfter = retryAfter;
    }

    int status() {
      return status;
    }

    byte[] body() {
      return body;
    }

    @Nullable Duration retryAfter() {
      return retryAfter;
    }
  }

  /** No answer, or none that may be read to its end. */
  record NoAnswer(Reason reason) implements Fetched {}

  /** The host does not exist, by the word of its name servers. */
  record NoHost() implements Fetched {}

  private static final int IDLE_CONNECTIONS = 64;
  private static final int IDLE_SECONDS = 30;
  private static final byte[] NO_BODY = {};

  private final AddressPolicy policy;
  private final OkHttpClient client;
  private final String userAgent;
  private final AtomicBoolean closed;

  private HttpFetcher(
      AddressPolicy policy, OkHttpClient client, String userAgent, AtomicBoolean closed) {
    this.policy = policy;
    this.client = client;
    this.userAgent = userAgent;
    this.closed = closed;
  }

  private static OkHttpClient client(Builder builder) {
    OkHttpClient.Builder http =
        new OkHttpClient.Builder()
            .connectTimeout(builder.connectTimeout)
            .callTimeout(builder.requestTimeout)
            // A dispatcher is only asked for the calls that are under way, to cancel them: requests
            // run on the threads of their callers.
            .dispatcher(new Dispatcher())
            .connectionPool(new ConnectionPool(IDLE_CONNECTIONS, IDLE_SECONDS, TimeUnit.SECONDS));
    return builder.policy.applyTo(http).build();
  }

  /** A fetcher with the defaults: public servers only. */
  public static HttpFetcher open() {
    return builder().build();
  }

  /** A fetcher to be configured. */
  public static Builder builder() {
    return new Builder();
  }

  /** The same fetcher, and the same connections, with redirects followed. */
  HttpFetcher following(int redirects) {
    OkHttpClient.Builder following = client.newBuilder();
    // In front of the policy's interceptor, which then sees each hop.
    following.interceptors().add(0, AddressPolicy.redirects(redirects));
    return new HttpFetcher(policy, following.build(), userAgent, closed);
  }

  /** The same fetcher, and the same connections, with more time for a request. */
  HttpFetcher waiting(Duration requestTimeout) {
    OkHttpClient patient =
        client.newBuilder().callTimeout(requestTimeout).readTimeout(requestTimeout).build();
    return new HttpFetcher(policy, patient, userAgent, closed);
  }

  /** The policy of every socket. */
  public AddressPolicy policy() {
    return policy;
  }

  /** One GET of a DID document. Blocks for at most the time limit. */
  Fetched get(HttpUrl url, String accept) {
    return get(url, accept, DidDocument.MAX_BYTES);
  }

  /** One GET of something else, of at most so many bytes. */
  Fetched get(HttpUrl url, String accept, int maxBytes) {
    if (closed.get()) {
      return new NoAnswer(Reason.CLOSED);
    }
    Request request =
        new Request.Builder()
            .url(url)
            .header("Accept", accept)
            .header("Accept-Encoding", "identity")
            .header("User-Agent", userAgent)
            .build();
    try (Response response = client.newCall(request).execute()) {
      return read(response, maxBytes);
    } catch (PublicDns.NoSuchHostException e) {
      return new NoHost();
    } catch (AddressRefusedException e) {
      return new NoAnswer(Reason.ADDRESS_REFUSED);
    } catch (IOException e) {
      return new NoAnswer(reason(e));
    } catch (RuntimeException fault) {
      throw fault;
    } catch (Exception interruption) {
      // The client is written in Kotlin, and lets an InterruptedException out undeclared.
      Thread.currentThread().interrupt();
      return new NoAnswer(Reason.INTERRUPTED);
    }
  }

  private Reason reason(IOException failure) {
    if (closed.get()) {
      return Reason.CLOSED;
    }
    if (Thread.currentThread().isInterrupted()) {
      return Reason.INTERRUPTED;
    }
    return failure instanceof InterruptedIOException ? Reason.TIMEOUT : Reason.UNREACHABLE;
  }

  private static Fetched read(Response response, int maxBytes) throws IOException {
    int status = response.code();
    Duration retryAfter = RetryAfter.of(response);
    if (!response.isSuccessful() && status != 404) {
      return new Answer(status, NO_BODY, retryAfter);
    }
    if (!"identity".equalsIgnoreCase(response.header("Content-Encoding", "identity"))) {
      return new NoAnswer(Reason.DOCUMENT_INVALID);
    }
    BufferedSource body = response.body().source();
    if (response.body().contentLength() > maxBytes || body.request(maxBytes + 1L)) {
      return new NoAnswer(Reason.DOCUMENT_INVALID);
    }
    return new Answer(status, body.readByteArray(), retryAfter);
  }

  /** Ends the requests that are under way, and the connections. */
  @Override
  public void close() {
    closed.set(true);
    client.dispatcher().cancelAll();
    client.connectionPool().evictAll();
  }

  /** Sets what differs from the defaults. */
  public static final class Builder {
    private AddressPolicy policy = AddressPolicy.publicOnly();
    private String userAgent = "atproto-identity (Java)";
    private Duration connectTimeout = Duration.ofSeconds(3);
    private Duration requestTimeout = Duration.ofSeconds(5);

    private Builder() {}

    /** Where connections may go; without a word, {@link AddressPolicy#publicOnly}. */
    public Builder policy(AddressPolicy policy) {
      this.policy = policy;
      return this;
    }

    /** What to call ourselves. Say who you are and how you can be reached. */
    public Builder userAgent(String userAgent) {
      this.userAgent = userAgent;
      return this;
    }

    /** The longest time for a connection to one address. */
    public Builder connectTimeout(Duration timeout) {
      this.connectTimeout = timeout;
      return this;
    }

    /** The longest time for a request, from the name lookup to the last byte of the answer. */
    public Builder requestTimeout(Duration timeout) {
      this.requestTimeout = timeout;
      return this;
    }

    /** The fetcher. */
    public HttpFetcher build() {
      return new HttpFetcher(policy, client(this), userAgent, new AtomicBoolean());
    }
  }
}
