// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.sync.SyncLimits;
import dev.atprotojava.sync.client.FrameConnection.Arrival;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class WebSocketTransportTest {
  private RawServer server;
  private WebSocketTransport transport;

  @BeforeEach
  void open() throws IOException {
    server = new RawServer();
    OkHttpClient client =
        AddressPolicy.dev()
            .applyTo(new OkHttpClient.Builder())
            .readTimeout(Duration.ofSeconds(2))
            .build();
    transport = new WebSocketTransport(client, "test", NanoClock.system(), new Random(1));
  }

  @AfterEach
  void close() throws IOException {
    server.close();
    assertThat(server.failures()).isEmpty();
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  @Test
  void read_messagesOfEveryLengthForm() throws Exception {
    int[] lengths = {0, 1, 125, 126, 65_535, 65_536, 300_000, SyncLimits.FRAME_BYTES};
    server.onConnection(
        connection -> {
          connection.upgrade("Server: indigo (atproto-relay)");
          for (int length : lengths) {
            connection.frame(0x82, bytes(length));
          }
          connection.frame(0x88, new byte[] {3, (byte) 0xe8, 'o', 'k'});
          connection.readFrame();
        });
    FrameConnection connection = transport.connect(server.address());
    assertThat(connection.server()).isEqualTo(Optional.of("indigo (atproto-relay)"));
    for (int length : lengths) {
      assertThat(connection.await()).isEqualTo(Arrival.BINARY);
      assertThat(connection.announcedBytes()).isEqualTo(length);
      assertThat(connection.read()).isEqualTo(Bytes.wrap(bytes(length)));
    }
    assertThat(connection.await()).isEqualTo(Arrival.CLOSED);
    assertThat(connection.closeReason()).isEqualTo("closed with 1000: ok");
    connection.close();
  }

  // T-83: pieces are put together; pings between them are answered.
  @Test
  void read_messageInPieces() throws Exception {
    CountDownLatch answered = new CountDownLatch(1);
    server.onConnection(
        connection -> {
          connection.upgrade();
          connection.frame(0x02, new byte[] {1, 2});
          connection.frame(0x89, new byte[] {9});
          connection.frame(0x00, new byte[] {3});
          connection.frame(0x80, new byte[] {4});
          assertThat(connection.readFrame()).containsExactly(0x8a, 9);
          answered.countDown();
          connection.in.read();
        });
    FrameConnection connection = transport.connect(server.address());
    assertThat(connection.await()).isEqualTo(Arrival.BINARY);
    assertThat(connection.announcedBytes()).isEqualTo(SyncLimits.FRAME_BYTES);
    assertThat(connection.read()).isEqualTo(Bytes.wrap(new byte[] {1, 2, 3, 4}));
    assertThat(answered.await(5, TimeUnit.SECONDS)).isTrue();
    connection.abort();
  }

  // design 7: a message that is too long costs itself and nothing else, and is never in memory.
  @Test
  void discard_oversizedMessagesAndGoOn() throws Exception {
    server.onConnection(
        connection -> {
          connection.upgrade();
          connection.frame(0x82, new byte[SyncLimits.FRAME_BYTES + 1]);
          connection.frame(0x82, new byte[] {1});
          connection.frame(0x02, new byte[3_000_000]);
          connection.frame(0x80, new byte[3_000_000]);
          connection.frame(0x82, new byte[] {2});
          connection.frame(0x81, "text".getBytes(StandardCharsets.UTF_8));
          connection.frame(0x82, new byte[] {3});
          connection.in.read();
        });
    FrameConnection connection = transport.connect(server.address());
    assertThat(connection.await()).isEqualTo(Arrival.OVERSIZED);
    connection.discard();
    assertThat(connection.await()).isEqualTo(Arrival.BINARY);
    assertThat(connection.read()).isEqualTo(Bytes.wrap(new byte[] {1}));
    assertThat(connection.await()).isEqualTo(Arrival.BINARY); // in pieces: its length is not known
    assertThat(connection.read()).isNull();
    assertThat(connection.await()).isEqualTo(Arrival.BINARY);
    assertThat(connection.read()).isEqualTo(Bytes.wrap(new byte[] {2}));
    assertThat(connection.await()).isEqualTo(Arrival.TEXT);
    connection.discard();
    assertThat(connection.await()).isEqualTo(Arrival.BINARY);
    assertThat(connection.read()).isEqualTo(Bytes.wrap(new byte[] {3}));
    connection.abort();
  }

  // A header may claim any length; nothing is allocated for it.
  @ParameterizedTest
  @ValueSource(longs = {Long.MAX_VALUE, 1L << 40})
  void await_hugeClaim(long length) throws Exception {
    server.onConnection(
        connection -> {
          connection.upgrade();
          connection.out.write(new byte[] {(byte) 0x82, 127});
          for (int shift = 56; shift >= 0; shift -= 8) {
            connection.out.write((int) (length >>> shift));
          }
          connection.out.write(new byte[100]);
        });
    FrameConnection connection = transport.connect(server.address());
    assertThat(connection.await()).isEqualTo(Arrival.OVERSIZED);
    assertThatThrownBy(connection::discard).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"8281", "c200", "8301", "09 00", "89fe", "8280", "8b00", "0001"})
  void await_refusesWhatNoServerMaySend(String hex) throws Exception {
    byte[] frame = java.util.HexFormat.of().parseHex(hex.replace(" ", ""));
    server.onConnection(
        connection -> {
          connection.upgrade();
          connection.out.write(frame);
          connection.out.write(new byte[200]);
          connection.in.read();
        });
    FrameConnection connection = transport.connect(server.address());
    assertThatThrownBy(connection::await).isInstanceOf(IOException.class);
    connection.abort();
  }

  @Test
  void abort_endsAWaitingReader() throws Exception {
    CountDownLatch upgraded = new CountDownLatch(1);
    server.onConnection(
        connection -> {
          connection.upgrade();
          upgraded.countDown();
          connection.in.read();
        });
    FrameConnection connection = transport.connect(server.address());
    upgraded.await();
    Thread.ofVirtual().start(connection::abort);
    assertThatThrownBy(connection::await).isInstanceOf(IOException.class);
  }

  // Damage: each reconnect leaves a connection in the client's pool until memory is collected.
  @Test
  void close_givesTheConnectionBack() throws Exception {
    OkHttpClient client = AddressPolicy.dev().applyTo(new OkHttpClient.Builder()).build();
    WebSocketTransport transport =
        new WebSocketTransport(client, "test", NanoClock.system(), new Random(1));
    for (int i = 0; i < 2; i++) {
      server.onConnection(
          connection -> {
            connection.upgrade();
            connection.in.read();
          });
      FrameConnection connection = transport.connect(server.address());
      assertThat(client.connectionPool().connectionCount()).isEqualTo(1);
      if (i == 1) {
        connection.abort();
      }
      connection.close();
      assertThat(client.connectionPool().connectionCount()).isZero();
    }
  }

  // Damage: the thread that pings all hosts ends, because one of them hung up a moment before.
  @Test
  void ping_afterCloseIsAFailureOfTheConnection() throws Exception {
    server.onConnection(
        connection -> {
          connection.upgrade();
          connection.in.read();
        });
    FrameConnection connection = transport.connect(server.address());
    connection.close();
    assertThatThrownBy(connection::ping).isInstanceOf(IOException.class);
    connection.close(); // a second time, which changes nothing
    connection.abort();
  }

  // SC-07: a quiet stream is no broken one; only silence after a ping is.
  @Test
  void await_outlivesTheHandshakesTimeout() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    server.onConnection(
        connection -> {
          connection.upgrade();
          assertThat(connection.readFrame()).containsExactly(0x89);
          connection.frame(0x8a, new byte[0]);
          go.await();
          connection.frame(0x82, new byte[] {5});
          connection.in.read();
        });
    FrameConnection connection = transport.connect(server.address());
    connection.ping();
    Thread.ofVirtual()
        .start(
            () -> {
              // longer than the read timeout of the handshake
              java.util.concurrent.locks.LockSupport.parkNanos(Duration.ofMillis(2500).toNanos());
              go.countDown();
            });
    long before = connection.heardNanos();
    assertThat(connection.await()).isEqualTo(Arrival.BINARY);
    assertThat(connection.heardNanos()).isGreaterThan(before);
    connection.abort();
  }

  @Test
  void connect_reportsOtherAnswers() throws Exception {
    server.onConnection(
        connection ->
            connection.send("HTTP/1.1 429 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n"));
    assertThatThrownBy(() -> transport.connect(server.address()))
        .isInstanceOfSatisfying(
            HandshakeException.class,
            e -> {
              assertThat(e.status()).isEqualTo(429);
              assertThat(e.retryAfter()).contains(Duration.ofSeconds(7));
            });
    server.onConnection(
        connection ->
            connection.send(
                "HTTP/1.1 503 Busy\r\nRetry-After: 99999999\r\nContent-Length: 0\r\n\r\n"));
    assertThatThrownBy(() -> transport.connect(server.address()))
        .isInstanceOfSatisfying(
            HandshakeException.class,
            e -> assertThat(e.retryAfter()).contains(Duration.ofHours(1)));
    // SC-03: a redirect is the server's wish where we should connect; it is not followed.
    server.onConnection(
        connection ->
            connection.send(
                "HTTP/1.1 302 Found\r\n"
                    + "Location: http://127.0.0.1:1/\r\n"
                    + "Content-Length: 0\r\n\r\n"));
    assertThatThrownBy(() -> transport.connect(server.address()))
        .isInstanceOfSatisfying(
            HandshakeException.class, e -> assertThat(e.status()).isEqualTo(302));
  }

  @Test
  void connect_refusesBadUpgrades() throws Exception {
    server.onConnection(
        connection ->
            connection.send(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Accept: AAAA\r\n\r\n"));
    assertThatThrownBy(() -> transport.connect(server.address()))
        .isInstanceOf(HandshakeException.class);
    // SC-04, SC-05: what was not offered may not be chosen.
    server.onConnection(
        connection -> connection.upgrade("Sec-WebSocket-Extensions: permessage-deflate"));
    assertThatThrownBy(() -> transport.connect(server.address()))
        .isInstanceOf(HandshakeException.class);
    server.onConnection(connection -> connection.upgrade("Sec-WebSocket-Protocol: xrpc.v1.json"));
    assertThatThrownBy(() -> transport.connect(server.address()))
        .isInstanceOf(HandshakeException.class);
  }

  @Test
  void connect_offersNothingAndSaysWhoItIs() throws Exception {
    server.onConnection(
        connection -> {
          assertThat(connection.request.getFirst()).isEqualTo("GET /stream HTTP/1.1");
          assertThat(connection.header("Sec-WebSocket-Version")).isEqualTo("13");
          assertThat(connection.header("Sec-WebSocket-Extensions")).isEmpty();
          assertThat(connection.header("Sec-WebSocket-Protocol")).isEmpty();
          assertThat(connection.header("User-Agent")).isEqualTo("test");
          connection.upgrade();
        });
    transport.connect(server.address()).abort();
  }

  // Damage: a host that answers a byte a second holds a thread and a socket for ever.
  @Test
  void connect_limitsTheWholeHandshakeAndNotTheStream() throws Exception { // SC-02
    OkHttpClient limited =
        AddressPolicy.dev()
            .applyTo(new OkHttpClient.Builder())
            .callTimeout(Duration.ofMillis(400))
            .build();
    WebSocketTransport transport =
        new WebSocketTransport(limited, "test", NanoClock.system(), new Random(1));
    try (RawServer slow = new RawServer()) {
      CountDownLatch over = new CountDownLatch(1);
      slow.onConnection(
          connection -> {
            connection.send("HTTP/1.1 101 Switching Protocols\r\nX-Slow: ");
            while (!over.await(50, TimeUnit.MILLISECONDS)) {
              connection.send("x");
            }
          });
      assertThatThrownBy(() -> transport.connect(slow.address())).isInstanceOf(IOException.class);
      over.countDown();
      slow.onConnection(
          connection -> {
            connection.upgrade();
            new CountDownLatch(1).await(800, TimeUnit.MILLISECONDS); // past the limit
            connection.frame(0x82, new byte[] {7});
            connection.in.read();
          });
      try (FrameConnection stream = transport.connect(slow.address())) {
        assertThat(stream.await()).isEqualTo(FrameConnection.Arrival.BINARY);
      }
    }
  }
}
