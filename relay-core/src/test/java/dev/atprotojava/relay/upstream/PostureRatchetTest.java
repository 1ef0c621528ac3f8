// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/**
 * Design section 6. Damage: a host that is dropped for what was never seen to be right; or one that
 * is forgiven for ever.
 */
class PostureRatchetTest {
  private static final Instant BEGIN = Instant.parse("2024-01-02T03:04:05Z");

  private Instant now = BEGIN;
  private final PostureRatchet ratchet = new PostureRatchet(null);

  private void commits(int count, boolean updates, boolean deletes) {
    for (int i = 0; i < count; i++) {
      ratchet.commit(true, updates, deletes, now);
    }
  }

  @Test
  void due_after200CleanCommitsOverADay_withUpdatesAndDeletes() {
    commits(198, false, false);
    now = BEGIN.plus(Duration.ofHours(24));
    commits(1, true, false);
    assertThat(ratchet.isDue()).as("no delete, and one too few").isFalse();
    commits(1, false, true);
    assertThat(ratchet.isDue()).isTrue();
  }

  @Test
  void due_notBeforeADayIsOver() {
    commits(1_000, true, true);
    now = BEGIN.plus(Duration.ofHours(24)).minusSeconds(1);
    commits(1, true, true);
    assertThat(ratchet.isDue()).isFalse();
    now = now.plusSeconds(1);
    commits(1, true, true);
    assertThat(ratchet.isDue()).isTrue();
  }

  @Test
  void due_notWithoutUpdatesOrDeletes() {
    commits(500, true, false);
    now = BEGIN.plus(Duration.ofDays(9));
    commits(500, true, false);
    assertThat(ratchet.isDue()).isFalse();
  }

  @Test
  void waivedCommit_beginsAnew_alsoWhenItWasDue() {
    commits(200, true, true);
    now = BEGIN.plus(Duration.ofDays(2));
    commits(1, true, true);
    assertThat(ratchet.isDue()).isTrue();
    ratchet.commit(false, true, true, now);
    assertThat(ratchet.isDue()).isFalse();
    assertThat(ratchet.progress()).isNull();
    commits(300, true, true);
    assertThat(ratchet.isDue()).as("the day begins anew too").isFalse();
  }

  @Test
  void progress_goesOnAfterARestart() {
    PostureRatchet again = new PostureRatchet(new PostureRatchet.Progress(BEGIN, 199, true, false));
    again.commit(true, false, true, BEGIN.plus(Duration.ofDays(1)));
    assertThat(again.isDue()).isTrue();
  }
}
