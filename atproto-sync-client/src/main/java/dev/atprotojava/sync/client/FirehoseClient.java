// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.sync.Cursor;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Random;
import okhttp3.OkHttpClient;

/**
 * Follows the {@code subscribeRepos} stream of a PDS or a relay, across reconnects.
 *
 * <pre>{@code
 * FirehoseClient client = FirehoseClient.open("bsky.network");
 * try (FirehoseStream events = client.follow(new Cursor.Live())) {
 *   while (true) {
 *     RepoEvent event = events.next();
 *     handle(event);
 *     save(events.cursor()); // where to go on another time
 *   }
 * }
 * }</pre>
 *
 * <p>Events are decoded and typed, not verified: see {@link dev.atprotojava.sync.CommitVerifier}. A
 * client is immutable and may be shared; each stream belongs to one thread.
 */
public final class FirehoseClient {
  private static final String METHOD = "/xrpc/com.atproto.sync.subscribeRepos";

  /** What to do about a message that is none. */
  public enum OnBadMessage {
    /** Drop the connection and open another one, as the specification says (SC-20). */
    RECONNECT,
    /** Pass over the message: it costs nothing but itself. */
    SKIP,
  }

  private final URI stream;
  private final FrameTransport transport;
  private final ReconnectPolicy reconnect;
  private final OnBadMessage onBadMessage;
  private final NanoClock clock;
  private final Random random;

  /**
   * A client with everything given, for tests and special needs.
   *
   * @param stream the {@code wss} address of the stream, without a query
   */
  public FirehoseClient(
      URI stream,
      FrameTransport transport,
      ReconnectPolicy reconnect,
      OnBadMessage onBadMessage,
      NanoClock clock,
      Random random) {
    this.stream = stream;
    this.transport = transport;
    this.reconnect = reconnect;
    this.onBadMessage = onBadMessage;
    this.clock = clock;
    this.random = random;
  }

  /** A client of a public host, with all defaults. */
  public static FirehoseClient open(String hostname) {
    return open(URI.create("wss://" + hostname), AddressPolicy.publicOnly());
  }

  /**
   * A client of a server.
   *
   * @param server {@code wss://host}, or {@code ws://host:port} where the policy allows that
   * @param policy where connections may go
   */
  public static FirehoseClient open(URI server, AddressPolicy policy) {
    SecureRandom random = new SecureRandom();
    OkHttpClient client =
        policy
            .applyTo(new OkHttpClient.Builder())
            .connectTimeout(Duration.ofSeconds(5))
            .readTimeout(Duration.ofSeconds(10))
            .build();
    NanoClock clock = NanoClock.system();
    return new FirehoseClient(
        server.resolve(METHOD),
        new WebSocketTransport(client, "atproto-java", clock, random),
        ReconnectPolicy.defaults(),
        OnBadMessage.RECONNECT,
        clock,
        random);
  }

  /** Begins to follow; the first {@link FirehoseStream#next} connects. */
  public FirehoseStream follow(Cursor cursor) {
    return new FirehoseStream(stream, transport, reconnect, onBadMessage, clock, random, cursor);
  }
}
