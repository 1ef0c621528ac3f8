// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.atprotojava.daemon.config.AdminKey;
import dev.atprotojava.daemon.config.ListenAddress;
import dev.atprotojava.daemon.operate.DiscoverHostEndpoint;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.time.Duration;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/** A relay that is at work, as a command of its operator tells it of hosts. */
final class HostApi {
  private static final int MAX_BYTES = 64 << 10;
  private static final Duration CALL = Duration.ofSeconds(30);
  private static final JsonFactory JSON = new JsonFactory();

  // The operator's own relay, which may be anywhere: no policy of strangers' addresses.
  private final OkHttpClient client = new OkHttpClient.Builder().callTimeout(CALL).build();
  private final URI api;
  private final AdminKey key;

  HostApi(URI api, AdminKey key) {
    this.api = api;
    this.key = key;
  }

  /** The relay of this machine that listens there. */
  static URI address(ListenAddress listen) {
    boolean all = listen.host().equals("0.0.0.0") || listen.host().equals("::");
    String host = all ? "127.0.0.1" : listen.host();
    return URI.create(
        "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + listen.port());
  }

  /** Tells it of a host; what becomes of that, in a word. */
  String discover(String hostname) throws IOException {
    StringWriter body = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(body)) {
      json.writeStartObject();
      json.writeStringField("hostname", hostname);
      json.writeEndObject();
    }
    Request request =
        new Request.Builder()
            .url(api + "/xrpc/" + DiscoverHostEndpoint.NSID)
            .header("Authorization", "Bearer " + key.secret())
            .post(RequestBody.create(body.toString(), MediaType.get("application/json")))
            .build();
    try (Response response = client.newCall(request).execute()) {
      if (!response.isSuccessful()) {
        throw new IOException("the relay at " + api + " answers " + response.code());
      }
      return result(response.peekBody(MAX_BYTES).bytes());
    }
  }

  private String result(byte[] body) throws IOException {
    try (JsonParser json = JSON.createParser(body)) {
      if (json.nextToken() == JsonToken.START_OBJECT) {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          boolean result = json.currentName().equals("result");
          if (json.nextToken() == JsonToken.VALUE_STRING && result) {
            return json.getText();
          }
          json.skipChildren();
        }
      }
    }
    throw new IOException("the relay at " + api + " answers something else");
  }
}
