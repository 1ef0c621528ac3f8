// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.LocalStatus;
import dev.atprotojava.relay.store.RelayStore.Flush;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.syntax.Did;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages of accounts: each from its place, whatever is before it. */
class ListAccountsTest {
  @TempDir Path directory;

  private Path file() {
    return directory.resolve("relay.sqlite");
  }

  /** Damage: the last page of ten million accounts costs a walk over all of them. */
  @Test
  void page_isFoundByItsKey() throws Exception {
    SqliteRelayStore.open(file(), new Random(1)).close();
    List<String> plan = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        PreparedStatement explain =
            connection.prepareStatement("EXPLAIN QUERY PLAN " + SqliteRelayStore.LIST_ACCOUNTS)) {
      explain.setLong(1, 9_000_000);
      explain.setInt(2, 500);
      try (ResultSet rows = explain.executeQuery()) {
        while (rows.next()) {
          plan.add(rows.getString("detail"));
        }
      }
    }
    assertThat(plan).containsExactly("SEARCH account USING INTEGER PRIMARY KEY (rowid>?)");
  }

  @Test
  void pages_areAllAccountsOnceInOrder() {
    try (RelayStore store = SqliteRelayStore.open(file(), new Random(1))) {
      List<AccountRecord> accounts = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        Did did = Did.parse("did:web:user" + i + ".example.com");
        accounts.add(
            new AccountRecord(
                3 * i + 1, // numbers have gaps
                did,
                store.didKey().hash(did),
                1,
                AccountStatus.values()[i % AccountStatus.values().length],
                LocalStatus.values()[i % LocalStatus.values().length],
                true,
                null));
      }
      store.flush(new Flush(accounts, List.of(), List.of(), 1, 1));
      List<AccountRecord> listed = new ArrayList<>();
      long after = 0;
      for (int pages = 0; pages < 100; pages++) {
        List<AccountRecord> page = store.listAccounts(after, 7);
        if (page.isEmpty()) {
          break;
        }
        listed.addAll(page);
        after = page.getLast().uid();
      }
      assertThat(listed).isEqualTo(accounts);
    }
  }
}
