// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborWriter;
import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.sync.Cursor;
import dev.atprotojava.sync.RepoEvent;
import dev.atprotojava.testing.Readme;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An example that does not compile, or says what is not so, is worse than none. */
@Timeout(30)
class ReadmeTest {
  private final List<RepoEvent> handled = new ArrayList<>();

  @Test
  void readme_showsThisCode() {
    Readme.assertShowsCodeOf(ReadmeTest.class, "atproto-sync-client");
  }

  private void follow(FirehoseClient client) throws InterruptedException {
    Cursor saved = new Cursor.Live();

    try (FirehoseStream events = client.follow(saved)) {
      while (true) {
        RepoEvent event = events.next(); // connects, and connects again, as often as that takes
        handle(event);
        saved = events.cursor(); // where to go on another time
      }
    }
  }

  private void handle(RepoEvent event) throws InterruptedException {
    handled.add(event);
    throw new InterruptedException("enough");
  }

  @Test
  void example_gets() throws Exception {
    CborWriter out = new CborWriter();
    out.writeMap(2).writeText("t").writeText("#info").writeText("op").writeInteger(1);
    Bytes info = out.writeMap(1).writeText("name").writeText("OutdatedCursor").toBytes();
    try (RawServer server = new RawServer()) {
      server.onConnection(
          connection -> {
            connection.upgrade();
            connection.frame(0x82, info.toByteArray());
            connection.in.read(); // until the client is gone
          });
      FirehoseClient client = FirehoseClient.open(server.address(), AddressPolicy.dev());
      assertThatThrownBy(() -> follow(client)).hasMessage("enough");
    }
    assertThat(handled).containsExactly(new RepoEvent.InfoEvent("OutdatedCursor", null));
    assertThat(FirehoseClient.open("relay.example.com")).isNotNull();
  }
}
