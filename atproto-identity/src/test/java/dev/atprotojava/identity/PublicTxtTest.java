// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;

/** ID-41 and T-46, against a name server on loopback. */
class PublicTxtTest {
  private static final String NAME = "_atproto.alice.example.com";

  private final LocalNameServer server = new LocalNameServer();
  private final PublicTxt txt = txt(Duration.ofSeconds(3));

  private PublicTxt txt(Duration timeout) {
    return new PublicTxt(server.resolver(timeout), timeout);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private static void add(Message reply, Name name, String... strings) {
    reply.addRecord(new TXTRecord(name, DClass.IN, 60, Arrays.asList(strings)), Section.ANSWER);
  }

  @Test
  void lookup_givesTheValuesOfAllRecords() throws IOException {
    server.answer(
        (question, reply) -> {
          add(reply, question.getName(), "did=did:plc:a");
          add(reply, question.getName(), "v=spf1 -all");
        });

    assertThat(txt.lookup(NAME)).containsExactlyInAnyOrder("did=did:plc:a", "v=spf1 -all");
    assertThat(server.asked()).containsExactly(NAME + ". TXT"); // the name, and no search domain
  }

  // A value can come in pieces anywhere, and one with quotes around is another value.
  @Test
  void lookup_joinsPiecesAndStripsNothing() throws IOException {
    server.answer(
        (question, reply) -> {
          add(reply, question.getName(), "did=did:", "plc:", "a");
          // What a name server's file writes with two backslashes is one.
          add(reply, question.getName(), " \"did=x\\\\y\" ");
        });

    assertThat(txt.lookup(NAME)).containsExactlyInAnyOrder("did=did:plc:a", " \"did=x\\y\" ");
  }

  @Test
  void lookup_followsAliases() throws IOException {
    server.answer(
        (question, reply) -> {
          Name target = Name.fromConstantString("elsewhere.example.org.");
          if (question.getName().equals(target)) {
            add(reply, target, "did=did:plc:a");
          } else {
            reply.addRecord(
                new CNAMERecord(question.getName(), DClass.IN, 60, target), Section.ANSWER);
          }
        });

    assertThat(txt.lookup(NAME)).containsExactly("did=did:plc:a");
  }

  @Test
  void lookup_ofAnAliasWithoutEndEnds() {
    server.answer(
        (Record question, Message reply) ->
            reply.addRecord(
                new CNAMERecord(question.getName(), DClass.IN, 60, question.getName()),
                Section.ANSWER));

    assertThatThrownBy(() -> txt.lookup(NAME)).isInstanceOf(IOException.class);
  }

  // Nothing there and nobody there are different verdicts on a handle.
  @Test
  void lookup_tellsNothingFromNobody() throws IOException {
    assertThat(txt.lookup(NAME)).isEqualTo(List.of());

    server.answer((question, reply) -> reply.getHeader().setRcode(Rcode.NXDOMAIN));
    assertThat(txt.lookup(NAME)).isEmpty();

    server.answer((question, reply) -> reply.getHeader().setRcode(Rcode.SERVFAIL));
    assertThatThrownBy(() -> txt.lookup(NAME)).isInstanceOf(IOException.class);

    server.fallSilent();
    assertThatThrownBy(() -> txt(Duration.ofMillis(200)).lookup(NAME))
        .isInstanceOf(IOException.class);
  }

  @Test
  void lookup_thatIsInterruptedEnds() {
    server.fallSilent();
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> txt.lookup(NAME)).isInstanceOf(IOException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void lookup_ofSomethingElseIsNoName() {
    assertThatThrownBy(() -> txt.lookup("a..b")).isInstanceOf(IOException.class);
    assertThat(server.asked()).isEmpty();
  }
}
