// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/** A name server on loopback, in real packets, that answers as it was told last. */
final class LocalNameServer implements AutoCloseable {
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final DatagramSocket socket;
  private volatile BiConsumer<Record, Message> answer = (question, reply) -> {};
  private volatile boolean silent;

  LocalNameServer() {
    try {
      socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofPlatform().daemon().start(this::answerQuestions);
  }

  private void answerQuestions() {
    byte[] buffer = new byte[1_500];
    try {
      while (true) {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        Message query = new Message(Arrays.copyOf(buffer, packet.getLength()));
        Record question = query.getQuestion();
        asked.add(question.getName() + " " + Type.string(question.getType()));
        if (silent) {
          continue;
        }
        Message reply = new Message(query.getHeader().getID());
        reply.getHeader().setFlag(Flags.QR);
        reply.addRecord(question, Section.QUESTION);
        answer.accept(question, reply);
        byte[] wire = reply.toWire();
        socket.send(new DatagramPacket(wire, wire.length, packet.getSocketAddress()));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  /** How to make a reply to a question; nothing done is a reply without records. */
  void answer(BiConsumer<Record, Message> how) {
    answer = how;
  }

  /** Says nothing any more. */
  void fallSilent() {
    silent = true;
  }

  /** Names and types, as {@code a.example.com. TXT}. */
  List<String> asked() {
    return asked;
  }

  SimpleResolver resolver(Duration timeout) {
    SimpleResolver resolver =
        new SimpleResolver(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort()));
    resolver.setTimeout(timeout);
    return resolver;
  }

  @Override
  public void close() {
    socket.close();
  }
}
