// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class DomainBansTest {
  private final DomainBans bans = new DomainBans(Set.of("bad.example.com", "worse.net"));

  /** Damage: a banned host under another name below the domain; or a neighbour that is refused. */
  @Test
  void match_isTheDomainAndAllBelow() {
    assertThat(bans.match("bad.example.com")).isEqualTo("bad.example.com");
    assertThat(bans.match("a.b.bad.example.com")).isEqualTo("bad.example.com");
    assertThat(bans.match("pds.worse.net")).isEqualTo("worse.net");
    assertThat(bans.match("example.com")).isNull();
    assertThat(bans.match("notbad.example.com")).isNull();
    assertThat(bans.match("evenworse.net")).isNull();
  }

  /** Damage: a ban that matches nothing because of how it was written. */
  @Test
  void normal_takesAllWritings() {
    for (String text : new String[] {" Worse.NET ", "*.worse.net", ".worse.net", "worse.net."}) {
      assertThat(DomainBans.normal(text, false)).as(text).isEqualTo("worse.net");
    }
  }

  /** Damage: all of the network banned by one word. */
  @Test
  void normal_refusesWhatIsNoDomain() {
    for (String text :
        new String[] {
          "",
          ".",
          "*",
          "*.",
          "com",
          "*.com",
          "a..b",
          "1.2.3.4",
          "https://a.com",
          "a.com/x",
          "a.com:1",
          "a b.com",
          "\u00e4.com"
        }) {
      assertThat(DomainBans.normal(text, false)).as(text).isNull();
    }
  }
}
