// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Against a name server on loopback, in real packets. */
class PublicDnsTest {
  private static final InetAddress V4 = address("8.8.8.8");
  private static final InetAddress V6 = address("2606:4700::1");

  private final LocalNameServer server = new LocalNameServer();
  private final PublicDns dns = dns(Duration.ofSeconds(3));

  private static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private PublicDns dns(Duration timeout) {
    return new PublicDns(server.resolver(timeout), timeout);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private void answerWith(InetAddress v4, InetAddress v6) {
    server.answer(
        (question, reply) -> {
          Name name = question.getName();
          reply.addRecord(
              question.getType() == Type.A
                  ? new ARecord(name, DClass.IN, 60, v4)
                  : new AAAARecord(name, DClass.IN, 60, v6),
              Section.ANSWER);
        });
  }

  @Test
  void lookup_givesBothKindsOfAddresses() throws UnknownHostException {
    answerWith(V4, V6);

    assertThat(dns.lookup("pds.example.com")).containsExactlyInAnyOrder(V4, V6);
  }

  // A search domain would turn a stranger's name into one of our network.
  @Test
  void lookup_asksForTheNameAsItIs() throws UnknownHostException {
    answerWith(V4, V6);

    assertThat(dns.lookup("pds.example.com")).isNotEmpty();
    assertThat(server.asked())
        .containsExactlyInAnyOrder("pds.example.com. A", "pds.example.com. AAAA");
  }

  @Test
  void lookup_isContentWithOneKind() throws UnknownHostException {
    server.answer(
        (question, reply) -> {
          if (question.getType() == Type.A) {
            reply.addRecord(new ARecord(question.getName(), DClass.IN, 60, V4), Section.ANSWER);
          }
        });

    assertThat(dns.lookup("pds.example.com")).containsExactly(V4);
  }

  // ID-23: of these two, one says that a did:web is not there and the other says nothing.
  @Test
  void lookup_tellsANameThatDoesNotExist() {
    server.answer((question, reply) -> reply.getHeader().setRcode(Rcode.NXDOMAIN));

    assertThatThrownBy(() -> dns.lookup("gone.example.com"))
        .isInstanceOf(PublicDns.NoSuchHostException.class);
  }

  @Test
  void lookup_tellsAServerThatFails() {
    server.answer((question, reply) -> reply.getHeader().setRcode(Rcode.SERVFAIL));

    assertThatThrownBy(() -> dns.lookup("pds.example.com"))
        .isInstanceOf(UnknownHostException.class)
        .isNotInstanceOf(PublicDns.NoSuchHostException.class);
  }

  @Test
  void lookup_tellsANameWithoutAddress() {
    assertThatThrownBy(() -> dns.lookup("pds.example.com"))
        .isInstanceOf(UnknownHostException.class)
        .isNotInstanceOf(PublicDns.NoSuchHostException.class);
  }

  // A name server of a stranger that never answers must not hold a thread.
  @Test
  void lookup_ofASilentServerEnds() {
    server.fallSilent();

    assertThatThrownBy(() -> dns(Duration.ofMillis(200)).lookup("pds.example.com"))
        .isInstanceOf(UnknownHostException.class)
        .isNotInstanceOf(PublicDns.NoSuchHostException.class);
  }

  @Test
  void lookup_ofSomethingElseIsNoHost() {
    assertThatThrownBy(() -> dns.lookup("a..b")).isInstanceOf(UnknownHostException.class);
    assertThat(server.asked()).isEmpty();
  }

  @Test
  void lookup_thatIsInterruptedEnds() {
    server.fallSilent();
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> dns.lookup("pds.example.com"))
        .isInstanceOf(UnknownHostException.class);
    assertThat(Thread.interrupted()).isTrue();
  }
}
