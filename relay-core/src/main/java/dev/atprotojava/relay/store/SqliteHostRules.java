// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.store;

import dev.atprotojava.relay.Posture;
import dev.atprotojava.syntax.Did;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The tables of {@link HostRules} in the database of a {@link SqliteRelayStore}. */
final class SqliteHostRules implements HostRules {
  private static final String PUT_RULE =
      "INSERT OR REPLACE INTO host_rule (host_id, banned_at, trusted, account_limit, per_second,"
          + " per_hour, per_day, posture, posture_until, alerts_silenced)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  private static final String SELECT_RULES =
      "SELECT host_id, banned_at, trusted, account_limit, per_second, per_hour, per_day, posture,"
          + " posture_until, alerts_silenced FROM host_rule";

  private final SqliteConnections connections;

  SqliteHostRules(SqliteConnections connections) {
    this.connections = connections;
  }

  private interface Filler {
    void fill(PreparedStatement statement) throws SQLException;
  }

  private interface RowReader {
    void read(ResultSet row) throws SQLException;
  }

  private void write(String sql, Filler filler) {
    connections.writeDurably(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            filler.fill(statement);
            statement.executeUpdate();
            return null;
          }
        });
  }

  private void read(String sql, RowReader reader) {
    connections.read(
        connection -> {
          try (Statement statement = connection.createStatement();
              ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
              reader.read(rows);
            }
            return null;
          }
        });
  }

  @Override
  public Map<Integer, HostRule> all() {
    Map<Integer, HostRule> rules = new HashMap<>();
    read(
        SELECT_RULES,
        row -> {
          Long trusted = number(row, 3);
          String posture = row.getString(8);
          rules.put(
              row.getInt(1),
              new HostRule(
                  instant(row, 2),
                  trusted == null ? null : Boolean.valueOf(trusted != 0),
                  number(row, 4),
                  new HostRule.Rates(number(row, 5), number(row, 6), number(row, 7)),
                  posture == null ? null : Posture.valueOf(posture),
                  instant(row, 9),
                  row.getBoolean(10)));
        });
    return rules;
  }

  @Override
  public void put(int hostId, HostRule rule) {
    Boolean trusted = rule.trusted();
    Posture posture = rule.posture();
    write(
        PUT_RULE,
        statement -> {
          statement.setInt(1, hostId);
          set(statement, 2, micros(rule.bannedAt()));
          set(statement, 3, trusted == null ? null : Long.valueOf(trusted ? 1 : 0));
          set(statement, 4, rule.accountLimit());
          set(statement, 5, rule.rates().perSecond());
          set(statement, 6, rule.rates().perHour());
          set(statement, 7, rule.rates().perDay());
          statement.setString(8, posture == null ? null : posture.name());
          set(statement, 9, micros(rule.postureUntil()));
          statement.setBoolean(10, rule.alertsSilenced());
        });
  }

  @Override
  public void moveCursor(int hostId, int epoch, long cursor, long gap) {
    write(
        "UPDATE host SET epoch = ?, cursor = ?, gap = max(gap, ?) WHERE id = ?",
        statement -> {
          statement.setInt(1, epoch);
          statement.setLong(2, cursor);
          statement.setLong(3, gap);
          statement.setInt(4, hostId);
        });
  }

  @Override
  public Map<String, Instant> domainBans() {
    Map<String, Instant> bans = new TreeMap<>();
    read(
        "SELECT domain, banned_at FROM domain_ban",
        row -> bans.put(row.getString(1), instant(row.getLong(2))));
    return bans;
  }

  @Override
  public void banDomain(String domain, Instant at) {
    write(
        "INSERT OR IGNORE INTO domain_ban (domain, banned_at) VALUES (?, ?)",
        statement -> {
          statement.setString(1, domain);
          set(statement, 2, micros(at));
        });
  }

  @Override
  public void unbanDomain(String domain) {
    write("DELETE FROM domain_ban WHERE domain = ?", statement -> statement.setString(1, domain));
  }

  @Override
  public CrawlRule crawl() {
    CrawlRule[] rule = {CrawlRule.NONE};
    read(
        "SELECT enabled, per_day FROM crawl_rule",
        row -> {
          Long enabled = number(row, 1);
          Long perDay = number(row, 2);
          rule[0] =
              new CrawlRule(
                  enabled == null ? null : Boolean.valueOf(enabled != 0),
                  perDay == null ? null : Integer.valueOf(perDay.intValue()));
        });
    return rule[0];
  }

  @Override
  public void putCrawl(CrawlRule rule) {
    Boolean enabled = rule.enabled();
    Integer perDay = rule.perDay();
    write(
        "INSERT OR REPLACE INTO crawl_rule (id, enabled, per_day) VALUES (1, ?, ?)",
        statement -> {
          set(statement, 1, enabled == null ? null : Long.valueOf(enabled ? 1 : 0));
          set(statement, 2, perDay == null ? null : Long.valueOf(perDay));
        });
  }

  @Override
  public List<Admission> admissions() {
    List<Admission> admissions = new ArrayList<>();
    read(
        "SELECT at, domain, address FROM crawl_admission ORDER BY at",
        row ->
            admissions.add(
                new Admission(instant(row.getLong(1)), row.getString(2), row.getString(3))));
    return admissions;
  }

  @Override
  public void admit(Admission admission, Instant forgetBefore) {
    write(
        "DELETE FROM crawl_admission WHERE at < ?",
        statement -> set(statement, 1, micros(forgetBefore)));
    write(
        "INSERT INTO crawl_admission (at, domain, address) VALUES (?, ?, ?)",
        statement -> {
          set(statement, 1, micros(admission.at()));
          statement.setString(2, admission.domain());
          statement.setString(3, admission.address());
        });
  }

  @Override
  public Map<Integer, Long> waitingCounts() {
    Map<Integer, Long> counts = new HashMap<>();
    read(
        "SELECT host_id, count(*) FROM account WHERE status >> 4 = 2 AND status & 15 <> 2"
            + " GROUP BY host_id",
        row -> counts.put(row.getInt(1), row.getLong(2)));
    return counts;
  }

  @Override
  public List<Did> waiting(int hostId, int limit) {
    List<Did> accounts = new ArrayList<>();
    read(
        "SELECT did FROM account WHERE host_id = "
            + hostId
            + " AND status >> 4 = 2 AND status & 15 <> 2 ORDER BY uid LIMIT "
            + limit,
        row -> accounts.add(Did.parse(row.getString(1))));
    return accounts;
  }

  @Override
  public Map<Integer, Ratchet> ratchets() {
    Map<Integer, Ratchet> ratchets = new HashMap<>();
    read(
        "SELECT host_id, since, commits, updates, deletes FROM host_ratchet",
        row ->
            ratchets.put(
                row.getInt(1),
                new Ratchet(
                    instant(row.getLong(2)),
                    row.getLong(3),
                    row.getBoolean(4),
                    row.getBoolean(5))));
    return ratchets;
  }

  @Override
  public void putRatchets(Map<Integer, Ratchet> ratchets) {
    write("DELETE FROM host_ratchet", _ -> {});
    ratchets.forEach(
        (hostId, ratchet) ->
            write(
                "INSERT OR REPLACE INTO host_ratchet (host_id, since, commits, updates, deletes)"
                    + " VALUES (?, ?, ?, ?, ?)",
                statement -> {
                  statement.setInt(1, hostId);
                  set(statement, 2, micros(ratchet.since()));
                  statement.setLong(3, ratchet.commits());
                  statement.setBoolean(4, ratchet.updates());
                  statement.setBoolean(5, ratchet.deletes());
                }));
  }

  @Override
  public void forgetRatchet(int hostId) {
    write("DELETE FROM host_ratchet WHERE host_id = ?", statement -> statement.setInt(1, hostId));
  }

  private static void set(PreparedStatement statement, int index, @Nullable Long value)
      throws SQLException {
    if (value == null) {
      statement.setNull(index, Types.INTEGER);
    } else {
      statement.setLong(index, value);
    }
  }

  private static @Nullable Long number(ResultSet row, int column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? null : Long.valueOf(value);
  }

  private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
    Long micros = number(row, column);
    return micros == null ? null : instant(micros.longValue());
  }

  private static Instant instant(long micros) {
    return SqliteRelayStore.instant(micros);
  }

  private static @Nullable Long micros(@Nullable Instant instant) {
    return instant == null ? null : Long.valueOf(SqliteRelayStore.micros(instant));
  }
}
