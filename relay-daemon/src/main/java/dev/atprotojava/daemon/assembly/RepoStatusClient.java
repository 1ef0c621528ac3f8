// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.assembly;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.atprotojava.relay.StatusSource;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.syntax.Did;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Asks hosts for the status of accounts, over HTTP: {@value #AT_ONCE} at once, {@value
 * #AT_ONCE_PER_HOST} of one host. What is beyond has no answer at once; nothing queues.
 */
final class RepoStatusClient implements StatusSource {
  private static final int MAX_BYTES = 16 << 10;
  private static final int MAX_DEPTH = 16;
  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .build();

  private static final int AT_ONCE = 256;
  private static final int AT_ONCE_PER_HOST = 4;

  private final OkHttpClient client;
  private final String userAgent;
  private final Semaphore places = new Semaphore(AT_ONCE);
  private final ConcurrentMap<String, Integer> asking = new ConcurrentHashMap<>();

  /**
   * A client of hosts.
   *
   * @param client with the address policy, and a limit of a few seconds on a call
   */
  RepoStatusClient(OkHttpClient client, String userAgent) {
    this.client = client;
    this.userAgent = userAgent;
  }

  @Override
  public void ask(
      String hostname, boolean secure, Did did, Consumer<Optional<AccountStatus>> whenDone) {
    if (!begin(hostname)) {
      whenDone.accept(Optional.empty());
      return;
    }
    Thread.ofVirtual()
        .name("repo-status")
        .start(
            () -> {
              Optional<AccountStatus> status = Optional.empty();
              try {
                status = Optional.ofNullable(request(hostname, secure, did));
              } finally { // whoever asked waits, whatever happened
                end(hostname);
                whenDone.accept(status);
              }
            });
  }

  /** Takes a place, so that hosts that do not answer hold no more than their share. */
  private boolean begin(String hostname) {
    if (!places.tryAcquire()) {
      return false;
    }
    if (asking.merge(hostname, 1, Integer::sum) > AT_ONCE_PER_HOST) {
      end(hostname);
      return false;
    }
    return true;
  }

  private void end(String hostname) {
    asking.computeIfPresent(hostname, (_, count) -> count == 1 ? null : count - 1);
    places.release();
  }

  private @Nullable AccountStatus request(String hostname, boolean secure, Did did) {
    HttpUrl host = HttpUrl.parse((secure ? "https://" : "http://") + hostname);
    if (host == null) {
      return null; // a name that decodes to none, such as xn--0
    }
    HttpUrl url =
        host.newBuilder()
            .addPathSegments("xrpc/com.atproto.sync.getRepoStatus")
            .addQueryParameter("did", did.toString())
            .build();
    Request request = new Request.Builder().url(url).header("User-Agent", userAgent).build();
    try (Response response = client.newCall(request).execute()) {
      return response.isSuccessful() ? parse(response.peekBody(MAX_BYTES).bytes(), did) : null;
    } catch (IOException e) {
      return null; // no answer
    }
  }

  /** What a host answered of an account; null if that is not what it was asked. */
  static @Nullable AccountStatus parse(byte[] body, Did did) throws IOException {
    Boolean active = null;
    String status = null;
    boolean isIt = false;
    try (JsonParser json = JSON.createParser(body)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        JsonToken value = json.nextToken();
        if (name.equals("active") && value.isBoolean()) {
          active = json.getBooleanValue();
        } else if (name.equals("status") && value == JsonToken.VALUE_STRING) {
          status = json.getText();
        } else if (name.equals("did") && value == JsonToken.VALUE_STRING) {
          isIt = json.getText().equals(did.toString());
        } else {
          json.skipChildren();
        }
      }
    }
    return isIt && active != null ? AccountStatus.of(active, status) : null;
  }
}
