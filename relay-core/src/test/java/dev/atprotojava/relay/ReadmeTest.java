// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.identity.IdentityLookup;
import dev.atprotojava.relay.host.CrawlAnswer;
import dev.atprotojava.sync.client.NanoClock;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.testing.Readme;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An example that does not compile, or says what is not so, is worse than none. */
class ReadmeTest {
  private final Queue<Throwable> fatal = new ConcurrentLinkedQueue<>();

  /** A world in which nobody can be reached. */
  private final RelaySurroundings surroundings =
      new RelaySurroundings(
          stream -> {
            throw new IOException("nobody is there");
          },
          new NobodyKnown(),
          (hostname, secure) -> {},
          InstantSource.fixed(Instant.parse("2024-01-02T03:04:05Z")),
          NanoClock.system(),
          new Random(1),
          fatal::add);

  private static final class NobodyKnown implements IdentitySource {
    @Override
    public @Nullable IdentityLookup cached(Did did) {
      return null;
    }

    @Override
    public void resolve(Did did, boolean force, Consumer<IdentityLookup> whenDone) {}

    @Override
    public void markStale(Did did) {}

    @Override
    public boolean available() {
      return false;
    }
  }

  @Test
  void readme_showsThisCode() {
    Readme.assertShowsCodeOf(ReadmeTest.class, "relay-core");
  }

  private Relay begin(Path data) {
    Relay relay = Relay.open(RelayConfig.defaults(data), surroundings);
    relay.start();
    CrawlAnswer answer = relay.hosts().requestCrawl("pds.example.com", true);

    assertThat(answer).isEqualTo(CrawlAnswer.ADDED);
    return relay;
  }

  @Test
  void example_opensAndRemembersItsHost(@TempDir Path data) throws InterruptedException {
    Relay relay = begin(data);
    assertThatThrownBy(() -> Relay.open(RelayConfig.defaults(data), surroundings))
        .isInstanceOf(RelayException.class)
        .hasMessageContaining("another process");
    long next = relay.gauges().nextSeq();
    relay.stop();

    Relay again = Relay.open(RelayConfig.defaults(data), surroundings);
    assertThat(again.hosts().find("pds.example.com")).isPresent();
    assertThat(again.gauges().nextSeq()).isEqualTo(next); // after a good end no number is lost
    again.start();
    again.stop();
    assertThat(fatal).isEmpty();
  }
}
