// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.syntax.Did;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import org.junit.jupiter.api.Test;

// Damage: a server that repeats one small message fills the memory, or a gap is never repaired.
class GapMarkingTest {
  private static final Did A = Did.parse("did:web:a.example.com");
  private static final Did B = Did.parse("did:web:b.example.com");

  private final Deque<Did> marked = new ArrayDeque<>();
  private final GapMarking marking = new GapMarking(Set.of(A, B), marked::add);

  @Test
  void begin_repeatedWhileSomeWait_leadsToOneMoreRound() {
    for (int i = 0; i < 1000; i++) {
      marking.begin();
    }
    assertThat(marked).containsExactlyInAnyOrder(A, B);
    marked.clear();
    marking.ended();
    assertThat(marked).isEmpty();
    marking.ended();
    assertThat(marked).containsExactlyInAnyOrder(A, B);
    marked.clear();
    marking.ended();
    marking.ended();
    assertThat(marked).isEmpty();
    marking.begin();
    assertThat(marked).containsExactlyInAnyOrder(A, B);
  }

  @Test
  void begin_withoutAccounts_marksNobody() {
    GapMarking none = new GapMarking(Set.of(), marked::add);
    none.begin();
    none.begin();
    assertThat(marked).isEmpty();
  }
}
