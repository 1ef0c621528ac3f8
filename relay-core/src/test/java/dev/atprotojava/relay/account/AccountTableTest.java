// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cid.Cid;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.RepoState;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Tid;
import dev.atprotojava.testing.Gen;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The packed table against a plain map. Catches an entry that is lost, mixed up or evicted too
 * early.
 */
class AccountTableTest {
  private static final Did DID = Did.parse("did:web:a.example");

  /** Few homes for many entries, so that they collide, and some that share the first half. */
  private static DidHash hash(Gen gen, int number) {
    return new DidHash(number % 97 * 128L + gen.nextInt(2), number);
  }

  private static AccountRecord account(Gen gen, DidHash hash) {
    RepoState repo =
        new RepoState(
            Tid.of(gen.nextInt(1 << 30)), Cid.ofDagCbor(gen.bytes(4)), Cid.ofDagCbor(gen.bytes(4)));
    return new AccountRecord(
        gen.nextInt(1000),
        DID,
        hash,
        gen.nextInt(1000),
        gen.oneOf(AccountStatus.values()),
        gen.oneOf(LocalStatus.values()),
        gen.oneIn(2),
        gen.oneIn(3) ? null : repo,
        gen.nextLong());
  }

  /**
   * What the store does not have is never evicted (invariant 9); what is found is what was put
   * last; and the bound holds.
   */
  @Test
  void put_andFind_asAMapWouldWithinTheBound() {
    Gen.forAll(
        20,
        gen -> {
          AccountTable table = new AccountTable(1024L * AccountTable.ENTRY_BYTES);
          Map<DidHash, AccountRecord> model = new HashMap<>();
          Map<DidHash, Long> ordinals = new HashMap<>();
          long applied = 0;
          int full = 0;
          for (long ordinal = 1; ordinal < 3000; ordinal++) {
            DidHash hash = hash(gen, gen.nextInt(1500));
            AccountRecord account = account(gen, hash);
            boolean known = table.find(hash, DID) != null;
            if (table.put(account, ordinal, applied)) {
              model.put(hash, account);
              ordinals.put(hash, ordinal);
            } else {
              full++;
              assertThat(known).as("a known account always has room").isFalse();
              assertThat(table.size()).isEqualTo(table.maxEntries());
              applied = ordinal - 1 - gen.nextInt(table.maxEntries());
            }
            assertThat(table.size()).isLessThanOrEqualTo(table.maxEntries());
          }
          assertThat(full).as("times it was full").isPositive();
          int found = 0;
          for (Map.Entry<DidHash, AccountRecord> entry : model.entrySet()) {
            AccountRecord inTable = table.find(entry.getKey(), DID);
            if (inTable != null) {
              found++;
              assertThat(inTable).isEqualTo(entry.getValue());
            } else {
              assertThat(ordinals.get(entry.getKey())).isLessThanOrEqualTo(applied);
            }
          }
          assertThat(found).isEqualTo(table.size());
        });
  }

  @Test
  void mayRepeat_aBurstAndThenARate() {
    Gen gen = Gen.of(1);
    AccountTable table = new AccountTable(1 << 20);
    DidHash hash = hash(gen, 1);
    assertThat(table.mayRepeat(hash, 1, 0, 0)).as("unknown").isTrue();
    table.put(account(gen, hash), 1, 0);
    for (int i = 0; i < 20; i++) {
      assertThat(table.mayRepeat(hash, 20, 0.1f, 100)).isTrue();
    }
    for (int second = 100; second < 110; second++) {
      assertThat(table.mayRepeat(hash, 20, 0.1f, second)).as("second " + second).isFalse();
    }
    assertThat(table.mayRepeat(hash, 20, 0.1f, 111)).isTrue();
    table.put(account(gen, hash), 2, 0);
    assertThat(table.mayRepeat(hash, 20, 0.1f, 112)).as("a change gives no new burst").isFalse();
  }
}
