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
import java.util.function.Consumer;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** Asks hosts for the status of accounts, over HTTP. */
final class RepoStatusClient implements StatusSource {
  private static final int MAX_BYTES = 16 << 10;
  private static final int MAX_DEPTH = 16;
  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .build();

  private final OkHttpClient client;
  private final String userAgent;

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
    HttpUrl url =
        HttpUrl.get((secure ? "https://" : "http://") + hostname)
            .newBuilder()
            .addPathSegments("xrpc/com.atproto.sync.getRepoStatus")
            .addQueryParameter("did", did.toString())
            .build();
    Request request = new Request.Builder().url(url).header("User-Agent", userAgent).build();
    client.newCall(request).enqueue(new Answer(did, whenDone));
  }

  private record Answer(Did did, Consumer<Optional<AccountStatus>> whenDone) implements Callback {
    @Override
    public void onFailure(Call call, IOException e) {
      whenDone.accept(Optional.empty());
    }

    @Override
    public void onResponse(Call call, Response response) {
      Optional<AccountStatus> status;
      try (response) {
        status = response.isSuccessful() ? Optional.ofNullable(read(response)) : Optional.empty();
      } catch (IOException e) {
        status = Optional.empty();
      }
      whenDone.accept(status);
    }

    private @Nullable AccountStatus read(Response response) throws IOException {
      byte[] body = response.peekBody(MAX_BYTES).bytes();
      return parse(body, did);
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
