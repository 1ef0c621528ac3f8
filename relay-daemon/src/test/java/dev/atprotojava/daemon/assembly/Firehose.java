// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.assembly;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborReader;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborValue.IntegerValue;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cbor.CborValue.TextValue;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A consumer by the JDK's WebSocket: shares no code with the relay. */
final class Firehose implements AutoCloseable {
  private static final int SECONDS = 30;

  /** What comes, in order. */
  sealed interface Message {
    /** A frame: {@code type} is that of its header, or the name of its error. */
    record Event(String type, long seq, MapValue body) implements Message {
      String text(String field) {
        return body.find(field) instanceof TextValue(String value) ? value : "";
      }
    }

    /** The end, with the code of the close frame; -1 if there was none. */
    record Closed(int code, String reason) implements Message {}
  }

  private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
  private @Nullable WebSocket socket;

  private Firehose() {}

  static Firehose open(HttpClient client, URI url) {
    Firehose firehose = new Firehose();
    URI stream = URI.create(url.toString().replaceFirst("http", "ws"));
    firehose.socket =
        client.newWebSocketBuilder().buildAsync(stream, firehose.new Listening()).join();
    return firehose;
  }

  /** The next message; fails if there is none in time. */
  Message next() throws InterruptedException {
    Message next = messages.poll(SECONDS, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("nothing came");
    }
    return next;
  }

  Message.Event event() throws InterruptedException {
    Message next = next();
    if (next instanceof Message.Event event) {
      return event;
    }
    throw new AssertionError("not an event: " + next);
  }

  /** The rest until the end, thrown away. */
  Message.Closed end() throws InterruptedException {
    while (true) {
      if (next() instanceof Message.Closed closed) {
        return closed;
      }
    }
  }

  @Override
  public void close() {
    abort();
  }

  /** Goes away without a word. */
  void abort() {
    if (socket != null) {
      socket.abort();
    }
  }

  private static Message decode(byte[] frame) {
    CborReader in = new CborReader().reset(Bytes.wrap(frame));
    MapValue header = (MapValue) CborValue.read(in);
    MapValue body = (MapValue) CborValue.read(in);
    in.requireEnd();
    String field = header.find("t") instanceof TextValue(String type) ? type : "";
    String name = body.find("error") instanceof TextValue(String error) ? error : field;
    long seq = body.find("seq") instanceof IntegerValue(long value) ? value : -1;
    return new Message.Event(name, seq, body);
  }

  private final class Listening implements WebSocket.Listener {
    private final ByteArrayOutputStream parts = new ByteArrayOutputStream();

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer part, boolean last) {
      byte[] bytes = new byte[part.remaining()];
      part.get(bytes);
      parts.writeBytes(bytes);
      if (last) {
        messages.add(decode(parts.toByteArray()));
        parts.reset();
      }
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      messages.add(new Message.Closed(code, reason));
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      messages.add(new Message.Closed(-1, String.valueOf(error.getMessage())));
    }
  }
}
