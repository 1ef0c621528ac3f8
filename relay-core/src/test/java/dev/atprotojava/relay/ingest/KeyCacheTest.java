// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.identity.Identity;
import dev.atprotojava.relay.TestAccount;
import org.junit.jupiter.api.Test;

/** Catches the worst that a cache of keys can do: verify with a key that was replaced (SC-54). */
class KeyCacheTest {
  private final KeyCache cache = new KeyCache(3);
  private final TestAccount alice = new TestAccount(1);

  private static Identity identity(TestAccount account, int secondsLater) {
    return account.on("pds.example.com", TestAccount.NOW.plusSeconds(secondsLater)).identity();
  }

  private PublicKey get(TestAccount account, int secondsLater) {
    return cache.get(account.hash(), identity(account, secondsLater));
  }

  @Test
  void get_ofAnotherIdentity_givesItsKey() {
    PublicKey first = get(alice, 0);
    assertThat(first).isEqualTo(identity(alice, 0).signingKey());
    alice.rotateKey();
    assertThat(get(alice, 1)).isEqualTo(identity(alice, 1).signingKey()).isNotEqualTo(first);
  }

  /** What was computed for a key is kept when the identity is fetched anew and has it still. */
  @Test
  void get_ofTheSameKey_givesTheSameObject() {
    PublicKey first = get(alice, 0);
    assertThat(get(alice, 0)).isSameAs(first);
    assertThat(get(alice, 60)).isSameAs(first);
    assertThat(get(alice, 60)).isSameAs(first);
  }

  /** Invariant 6: bounded; the one that was used longest ago goes. */
  @Test
  void get_keepsTheLatest() {
    PublicKey first = get(alice, 0);
    PublicKey second = get(new TestAccount(2), 0);
    get(new TestAccount(3), 0);
    assertThat(get(alice, 0)).isSameAs(first);
    get(new TestAccount(4), 0);
    assertThat(get(alice, 0)).isSameAs(first);
    assertThat(get(new TestAccount(2), 0)).isEqualTo(second).isNotSameAs(second);
  }

  @Test
  void get_withoutAKey_isAFaultOfOurs() {
    Identity keyless =
        Identity.of(
            alice.did(), null, TestAccount.endpoint("pds.example.com"), null, TestAccount.NOW);
    assertThatThrownBy(() -> cache.get(alice.hash(), keyless))
        .isInstanceOf(IllegalStateException.class);
  }
}
