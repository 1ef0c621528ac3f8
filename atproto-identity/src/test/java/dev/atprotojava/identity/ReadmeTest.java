// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.atprotojava.syntax.Handle;
import dev.atprotojava.testing.Readme;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** An example that does not compile is worse than none. */
class ReadmeTest {
  @Test
  void readme_showsCodeThatCompiles() {
    Readme.assertShowsCodeOf(ReadmeExample.class, "atproto-identity");
  }

  // No network: a DID that needs none.
  @Test
  void examples_run() {
    assertThatCode(() -> ReadmeExample.lookUp("did:key:abc")).doesNotThrowAnyException();
    assertThat(ReadmeExample.client().followRedirects()).isFalse();
    HttpFetcher closed = HttpFetcher.open();
    closed.close(); // and asks nobody
    try (CachingDirectory directory = CachingDirectory.open()) {
      Identity nobody =
          Identity.of(DirectoryRig.ALICE, Handle.parse("alice.invalid"), null, null, Instant.EPOCH);
      assertThat(ReadmeExample.shown(closed, directory, nobody)).isEqualTo(Handle.INVALID);
      assertThatCode(() -> ReadmeExample.audit(closed, DirectoryRig.ALICE, Instant.EPOCH))
          .doesNotThrowAnyException();
    }
  }
}
