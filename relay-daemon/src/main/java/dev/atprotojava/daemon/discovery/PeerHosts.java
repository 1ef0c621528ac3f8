// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.discovery;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/** The hosts of another relay: {@code com.atproto.sync.listHosts}, page by page. */
public final class PeerHosts {
  private static final int MAX_BYTES = 4 << 20;
  private static final int MAX_DEPTH = 16;
  private static final int PAGE = 500;
  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .build();

  private final OkHttpClient client;
  private final String userAgent;

  /**
   * A reader.
   *
   * @param client with the address policy, and a limit on the time of a call
   */
  public PeerHosts(OkHttpClient client, String userAgent) {
    this.client = client;
    this.userAgent = userAgent;
  }

  /**
   * A host of another relay.
   *
   * @param status how that relay stands to it; empty if it does not say
   * @param seq how far it has come with it; 0 if it does not say
   */
  public record Listed(String hostname, String status, long seq) {
    /** Whether that relay hears of it. */
    public boolean isHeard() {
      return (status.equals("active") || status.equals("idle")) && seq > 0;
    }
  }

  /**
   * A page.
   *
   * @param cursor where to go on; null at the end
   */
  public record Page(List<Listed> hosts, @Nullable String cursor) {
    public Page {
      hosts = List.copyOf(hosts);
    }
  }

  /**
   * Asks for a page. Blocks for the time of a call at most.
   *
   * @param cursor of the page before; null for the first
   * @throws IOException if there is no page in the answer, or no answer
   */
  public Page page(URI relay, @Nullable String cursor) throws IOException {
    HttpUrl base = HttpUrl.get(relay);
    if (base == null) {
      throw new IOException("it is not the address of a server");
    }
    HttpUrl.Builder url =
        base.newBuilder()
            .addPathSegments("xrpc/com.atproto.sync.listHosts")
            .addQueryParameter("limit", Integer.toString(PAGE));
    if (cursor != null) {
      url.addQueryParameter("cursor", cursor);
    }
    Request request =
        new Request.Builder().url(url.build()).header("User-Agent", userAgent).build();
    try (Response response = client.newCall(request).execute()) {
      if (!response.isSuccessful()) {
        throw new IOException("listHosts answers " + response.code());
      }
      BufferedSource body = response.body().source();
      if (body.request(MAX_BYTES + 1L)) {
        throw new IOException("listHosts answers more than " + MAX_BYTES + " bytes");
      }
      return parse(body.readByteArray());
    }
  }

  static Page parse(byte[] body) throws IOException {
    List<Listed> hosts = new ArrayList<>();
    String cursor = null;
    try (JsonParser json = JSON.createParser(body)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("listHosts answers no object");
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        JsonToken value = json.nextToken();
        if (name.equals("cursor") && value == JsonToken.VALUE_STRING) {
          cursor = json.getText();
        } else if (name.equals("hosts") && value == JsonToken.START_ARRAY) {
          while (json.nextToken() == JsonToken.START_OBJECT) {
            hosts.add(listed(json));
          }
        } else {
          json.skipChildren();
        }
      }
    }
    return new Page(hosts, cursor == null || cursor.isEmpty() ? null : cursor);
  }

  private static Listed listed(JsonParser json) throws IOException {
    String hostname = "";
    String status = "";
    long seq = 0;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      if (name.equals("hostname") && value == JsonToken.VALUE_STRING) {
        hostname = json.getText();
      } else if (name.equals("status") && value == JsonToken.VALUE_STRING) {
        status = json.getText();
      } else if (name.equals("seq") && value == JsonToken.VALUE_NUMBER_INT) {
        seq = json.getLongValue();
      } else {
        json.skipChildren();
      }
    }
    return new Listed(hostname, status, seq);
  }
}
