// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import dev.atprotojava.sync.SyncLimits;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.Random;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okio.Socket;
import org.jspecify.annotations.Nullable;

/**
 * Streams over OkHttp: its HTTP/1.1, TLS and address policy make the handshake; the upgraded socket
 * is then read here.
 *
 * <p>OkHttp's own WebSocket has no limit on a message, delivers it only when it is whole in memory,
 * and dies silently when that fails; here a message is announced by its length first (see {@code
 * docs/decisions}). No extension and no subprotocol is offered, and one that the server chooses all
 * the same is refused (SC-04, SC-05). Redirects are those that the client follows (SC-03); without
 * a word, none.
 */
public final class WebSocketTransport implements FrameTransport {
  private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private final OkHttpClient client;
  private final String userAgent;
  private final NanoClock clock;
  private final Random random;

  /**
   * A transport.
   *
   * @param client its connect and read timeouts bound each step of the handshake, its call timeout
   *     all of it; its address policy decides where a connection may go
   * @param userAgent the {@code User-Agent} to send
   * @param random masks what is sent, which RFC 6455 wants unpredictable
   */
  public WebSocketTransport(OkHttpClient client, String userAgent, NanoClock clock, Random random) {
    this.client = client;
    this.userAgent = userAgent;
    this.clock = clock;
    this.random = random;
  }

  @Override
  public FrameConnection connect(URI stream) throws IOException {
    byte[] nonce = new byte[16];
    random.nextBytes(nonce);
    String key = Base64.getEncoder().encodeToString(nonce);
    Request request =
        new Request.Builder()
            .url(httpUrl(stream))
            .header("Connection", "Upgrade")
            .header("Upgrade", "websocket")
            .header("Sec-WebSocket-Version", "13")
            .header("Sec-WebSocket-Key", key)
            .header("User-Agent", userAgent)
            .build();
    Call call = client.newCall(request);
    boolean open = false;
    Response response = call.execute();
    try {
      Socket socket = checkUpgrade(response, key);
      WebSocketConnection connection =
          new WebSocketConnection(
              call, socket, response.header("Server"), SyncLimits.FRAME_BYTES, clock, random);
      open = true;
      return connection;
    } finally {
      if (!open) {
        response.close();
        call.cancel();
      }
    }
  }

  private static String httpUrl(URI stream) {
    String text = stream.toString();
    if (text.startsWith("wss:") || text.startsWith("ws:")) {
      return "http" + text.substring(2);
    }
    throw new IllegalArgumentException("not a WebSocket address");
  }

  private static Socket checkUpgrade(Response response, String key) throws IOException {
    if (response.code() != 101) {
      throw new HandshakeException(
          response.code(),
          retryAfter(response),
          "HTTP " + response.code() + " instead of a stream");
    }
    Socket socket = response.socket();
    if (socket == null
        || !"websocket".equalsIgnoreCase(response.header("Upgrade"))
        || !accept(key).equals(response.header("Sec-WebSocket-Accept"))) {
      throw new HandshakeException(101, null, "not an upgrade to a WebSocket");
    }
    if (response.header("Sec-WebSocket-Extensions") != null
        || response.header("Sec-WebSocket-Protocol") != null) {
      throw new HandshakeException(101, null, "an extension or subprotocol that was not offered");
    }
    return socket;
  }

  private static @Nullable Duration retryAfter(Response response) {
    String seconds = response.header("Retry-After");
    if (seconds == null || !seconds.matches("[0-9]{1,18}")) {
      return null;
    }
    return Duration.ofSeconds(Long.parseLong(seconds));
  }

  private static String accept(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key + ACCEPT_SUFFIX).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java runtime has SHA-1", e);
    }
  }
}
