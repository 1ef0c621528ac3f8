// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.sync.Cursor;
import dev.atprotojava.sync.RepoEvent;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import okhttp3.OkHttpClient;

/**
 * Follows the {@code subscribeRepos} stream of a PDS or a relay (SC-01), across reconnects.
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

  /** What to do when the server says that the cursor is in its future (SC-45). */
  public enum OnFutureCursor {
    /** Throw a {@link FirehoseException}: a person should look. */
    HALT,
    /** Go on with what happens from now on, and miss what was between. */
    LIVE,
    /** Go on with the oldest that the server has, and get some of it twice. */
    OLDEST,
  }

  private static final int SAVE_EVERY_EVENTS = 1000;
  private static final long SAVE_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final URI stream;
  private final FrameTransport transport;
  private final ReconnectPolicy reconnect;
  private final OnBadMessage onBadMessage;
  private final NanoClock clock;
  private final Random random;
  private final OnFutureCursor onFutureCursor;
  private final FirehoseObserver observer;

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
    this(
        stream,
        transport,
        reconnect,
        onBadMessage,
        clock,
        random,
        OnFutureCursor.HALT,
        FirehoseObserver.none());
  }

  private FirehoseClient(
      URI stream,
      FrameTransport transport,
      ReconnectPolicy reconnect,
      OnBadMessage onBadMessage,
      NanoClock clock,
      Random random,
      OnFutureCursor onFutureCursor,
      FirehoseObserver observer) {
    this.stream = stream;
    this.transport = transport;
    this.reconnect = reconnect;
    this.onBadMessage = onBadMessage;
    this.clock = clock;
    this.random = random;
    this.onFutureCursor = onFutureCursor;
    this.observer = observer;
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
    return open(server, policy, "atproto-java", ReconnectPolicy.defaults());
  }

  static FirehoseClient open(
      URI server, AddressPolicy policy, String userAgent, ReconnectPolicy reconnect) {
    SecureRandom random = new SecureRandom();
    OkHttpClient client =
        policy
            .applyTo(new OkHttpClient.Builder())
            .connectTimeout(Duration.ofSeconds(5))
            .readTimeout(Duration.ofSeconds(10))
            .callTimeout(Duration.ofSeconds(20)) // of the handshake, which ends the call
            .build();
    NanoClock clock = NanoClock.system();
    return new FirehoseClient(
        server.resolve(METHOD),
        new WebSocketTransport(client, userAgent, clock, random),
        reconnect,
        OnBadMessage.RECONNECT,
        clock,
        random);
  }

  static FirehoseClient over(
      FrameTransport transport, URI server, ReconnectPolicy reconnect, NanoClock clock) {
    return new FirehoseClient(
        server.resolve(METHOD),
        transport,
        reconnect,
        OnBadMessage.RECONNECT,
        clock,
        new SecureRandom());
  }

  /** The same client, which tells an observer how it gets on. */
  public FirehoseClient observedBy(FirehoseObserver other) {
    return new FirehoseClient(
        stream, transport, reconnect, onBadMessage, clock, random, onFutureCursor, other);
  }

  /** The same client with another answer to a cursor in the future. */
  public FirehoseClient onFutureCursor(OnFutureCursor other) {
    return new FirehoseClient(
        stream, transport, reconnect, onBadMessage, clock, random, other, observer);
  }

  /** The same client with another answer to a message that is none. */
  public FirehoseClient onBadMessage(OnBadMessage other) {
    return new FirehoseClient(
        stream, transport, reconnect, other, clock, random, onFutureCursor, observer);
  }

  /** Begins to follow; the first {@link FirehoseStream#next} connects. */
  public FirehoseStream follow(Cursor cursor) {
    return new FirehoseStream(
        stream,
        transport,
        reconnect,
        onBadMessage,
        clock,
        random,
        onFutureCursor,
        observer,
        cursor);
  }

  /**
   * Follows until this thread is interrupted, from where the store says or else from {@code first}
   * on, and hands each event to a callback. An event counts as dealt with when the callback
   * returns. The cursor is saved once a second, or every thousand events, and at the end: after a
   * crash the events since then come again (SC-44), and before anything was saved it begins at
   * {@code first} again.
   *
   * @throws FirehoseException if the stream cannot go on without a decision
   * @throws InterruptedException if the thread is interrupted
   * @throws RuntimeException what the callback throws; the event will come again
   */
  public void run(CursorStore cursors, Cursor first, Consumer<RepoEvent> callback)
      throws InterruptedException {
    String name = stream.toString();
    OptionalLong saved = cursors.load(name);
    long dealtWith = saved.orElse(0);
    long written = dealtWith;
    long writtenNanos = clock.nanos();
    int events = 0;
    try (FirehoseStream follow =
        follow(saved.isPresent() ? new Cursor.After(saved.getAsLong()) : first)) {
      while (true) {
        RepoEvent event = follow.next();
        callback.accept(event);
        if (follow.cursor() instanceof Cursor.After(long seq)) {
          dealtWith = seq;
        }
        events++;
        boolean due =
            events >= SAVE_EVERY_EVENTS || clock.nanos() - writtenNanos >= SAVE_EVERY_NANOS;
        if (due && dealtWith != written) {
          cursors.save(name, dealtWith);
          written = dealtWith;
          writtenNanos = clock.nanos();
          events = 0;
        }
      }
    } finally {
      if (dealtWith != written) {
        cursors.save(name, dealtWith);
      }
    }
  }
}
