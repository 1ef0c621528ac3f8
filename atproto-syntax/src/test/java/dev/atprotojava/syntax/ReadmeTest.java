// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.testing.Readme;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** An example that does not compile, or says what is not so, is worse than none. */
class ReadmeTest {
  @Test
  void readme_showsThisCode() {
    Readme.assertShowsCodeOf(ReadmeTest.class, "atproto-syntax");
  }

  @Test
  void example_parses() {
    byte[] frame = "xapp.bsky.feed.post/3jzfcijpj2z2ay".getBytes(StandardCharsets.UTF_8);
    int offset = 1;
    int length = frame.length - 2;

    Did did = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz"); // or InvalidSyntaxException
    boolean resolvable = did.isPlc(); // the directory can know it
    assertThat(resolvable).isTrue();

    AtUri uri = AtUri.parse("at://bob.example.com/app.bsky.feed.post/3jzfcijpj2z2a");
    Nsid collection = uri.collection(); // app.bsky.feed.post
    RecordPath path = RecordPath.decode(frame, offset, length); // straight from UTF-8
    assertThat(collection).isEqualTo(path.collection()).hasToString("app.bsky.feed.post");

    TidClock clock = new TidClock(InstantSource.system(), new SecureRandom());
    Tid rev = clock.next(); // 3jzfcijpj2z2a; each above the last
    assertThat(clock.next()).isGreaterThan(rev);

    AtDatetime read = AtDatetime.parse("1985-04-12T23:20:50.5200+01:00"); // kept letter for letter
    String written = AtDatetime.format(read.instant()); // 1985-04-12T22:20:50.520Z
    assertThat(read).hasToString("1985-04-12T23:20:50.5200+01:00");
    assertThat(written).isEqualTo("1985-04-12T22:20:50.520Z");
  }
}
