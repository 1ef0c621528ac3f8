// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.host;

import dev.atprotojava.relay.Posture;
import dev.atprotojava.relay.store.CrawlRule;
import dev.atprotojava.relay.store.HostRule;
import dev.atprotojava.sync.HostStatus;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What an operator decides about hosts. Each decision is durable and in the trail of decisions
 * before the call returns (invariant 10), counts at once, also for hosts that are connected, and
 * survives a restart. Thread-safe; calls wait for a disk.
 *
 * <p>Hosts are named as in requestCrawl. {@code actor} is the name of who decides. A method that
 * answers a boolean answers false if the host is not known, and then nothing happened (RL-74).
 */
public final class HostControl {
  private final Hosts hosts;
  private final InstantSource clock;

  /** The control of these hosts. */
  public HostControl(Hosts hosts, InstantSource clock) {
    this.hosts = hosts;
    this.clock = clock;
  }

  /**
   * Changes of what a host may do; null leaves a thing as it is.
   *
   * @param accounts how many accounts it may have
   * @param perSecond how many events it may send in any second
   * @param perHour the same in any hour
   * @param perDay the same in any day
   * @param alertsSilenced whether nobody is to be told that it comes near its limit of accounts
   */
  public record Limits(
      @Nullable Long accounts,
      @Nullable Long perSecond,
      @Nullable Long perHour,
      @Nullable Long perDay,
      @Nullable Boolean alertsSilenced) {
    public Limits {
      requireFrom(0, accounts);
      requireFrom(1, perSecond); // a host that may send nothing is a banned one
      requireFrom(1, perHour);
      requireFrom(1, perDay);
    }

    private static void requireFrom(long low, @Nullable Long value) {
      if (value != null && value < low) {
        throw new IllegalArgumentException("a limit must be " + low + " or more");
      }
    }
  }

  /** Refuses a host: it is disconnected, and what is under way of it is dropped. */
  public boolean ban(String hostname, String actor) {
    Host host = hosts.known(hostname);
    if (host == null) {
      return false;
    }
    Instant now = clock.instant();
    hosts.decide(
        host,
        "host.ban",
        actor,
        rule -> rule.bannedAt() == null ? rule.withBan(now) : rule,
        () -> hosts.applyBan(host));
    return true;
  }

  /**
   * Takes a ban back, also that of a host that was found to be a relay; the host is tried at once.
   * One whose domain is banned stays banned.
   */
  public boolean unban(String hostname, String actor) {
    Host host = hosts.known(hostname);
    if (host == null) {
      return false;
    }
    Instant now = clock.instant();
    boolean banned = host.isBanned();
    hosts.decide(
        host,
        "host.unban",
        actor,
        rule -> rule.withBan(null),
        db -> {
          if (banned) {
            db.updateHostStatus(host.row.id(), HostStatus.ACTIVE, "", now);
          }
        },
        () -> hosts.liftBan(host));
    return true;
  }

  /** Disconnects a host, which is idle then until somebody asks for it to be crawled. */
  public boolean disconnect(String hostname, String actor) {
    Host host = hosts.known(hostname);
    if (host == null) {
      return false;
    }
    String why = "disconnected by the operator";
    hosts.deciding().lock();
    try {
      boolean banned = host.isBanned();
      hosts.record(
          "host.disconnect",
          actor,
          host.row.hostname(),
          host.thread.status().wire(),
          banned ? HostStatus.BANNED.wire() : HostStatus.IDLE.wire(),
          db -> {
            if (!banned) {
              db.updateHostStatus(host.row.id(), HostStatus.IDLE, why, clock.instant());
            }
          });
      host.thread.rest(why);
    } finally {
      hosts.deciding().unlock();
    }
    return true;
  }

  /** Changes what a host may do. */
  public boolean limit(String hostname, Limits limits, String actor) {
    return change(
        hostname,
        "host.limit",
        actor,
        rule -> {
          Long accounts = limits.accounts();
          Boolean silenced = limits.alertsSilenced();
          HostRule.Rates before = rule.rates();
          return rule.withAccountLimit(accounts == null ? rule.accountLimit() : accounts)
              .withRates(
                  new HostRule.Rates(
                      limits.perSecond() == null ? before.perSecond() : limits.perSecond(),
                      limits.perHour() == null ? before.perHour() : limits.perHour(),
                      limits.perDay() == null ? before.perDay() : limits.perDay()))
              .withAlertsSilenced(silenced == null ? rule.alertsSilenced() : silenced);
        });
  }

  /** Has a host have the limits of its kind again: accounts and rates. */
  public boolean unlimit(String hostname, String actor) {
    return change(
        hostname,
        "host.unlimit",
        actor,
        rule -> rule.withAccountLimit(null).withRates(HostRule.NONE.rates()));
  }

  /**
   * Decides whether a host is trusted.
   *
   * @param trusted null to have the configured patterns count again
   */
  public boolean trust(String hostname, @Nullable Boolean trusted, String actor) {
    return change(hostname, "host.trust", actor, rule -> rule.withTrust(trusted));
  }

  /**
   * Decides how the checks of a host's events count.
   *
   * @param posture null for the relay's default
   * @param until when {@link Posture#OBSERVE} ends; null for never
   */
  public boolean posture(
      String hostname, @Nullable Posture posture, @Nullable Instant until, String actor) {
    if (until != null && posture != Posture.OBSERVE) {
      throw new IllegalArgumentException("only observing has an end");
    }
    Host host = hosts.known(hostname);
    if (host == null) {
      return false;
    }
    hosts.decide(
        host,
        "host.posture",
        actor,
        rule -> rule.withPosture(posture, until),
        db -> db.hostRules().forgetRatchet(host.row.id()), // what it showed before counts no more
        () -> {
          hosts.applyTerms(host);
          host.thread.observe(host.thread.isObserved());
        });
    return true;
  }

  private boolean change(
      String hostname, String action, String actor, UnaryOperator<HostRule> change) {
    Host host = hosts.known(hostname);
    if (host == null) {
      return false;
    }
    hosts.decide(host, action, actor, change, () -> hosts.applyTerms(host));
    return true;
  }

  /** What became of having a host begin elsewhere. */
  public enum Move {
    /** The host is asked for what comes after that. */
    DONE,
    /** The relay does not know the host. */
    UNKNOWN_HOST,
    /** The host has not come so far: what lies between would be lost. */
    NOT_BEHIND,
  }

  /** Has a host asked for everything it has, in a new epoch of its numbers. */
  public boolean resetCursor(String hostname, String actor) {
    return move(hostname, 0, "host.reset", actor) != Move.UNKNOWN_HOST;
  }

  /**
   * Has a host asked again for what came after one of its numbers, in a new epoch: its commits that
   * are known already are absorbed, its statuses and identities asked about (design section 7).
   */
  public Move rewind(String hostname, long seq, String actor) {
    if (seq < 0) {
      throw new IllegalArgumentException("numbers begin at 0");
    }
    return move(hostname, seq, "host.rewind", actor);
  }

  private Move move(String hostname, long seq, String action, String actor) {
    Host host = hosts.known(hostname);
    if (host == null) {
      return Move.UNKNOWN_HOST;
    }
    hosts.deciding().lock();
    try {
      long from = host.thread.receivedSeq();
      if (seq > from) {
        return Move.NOT_BEHIND;
      }
      // The log first: an epoch that the store does not know begins at 0, which loses nothing.
      int epoch = host.thread.reserveEpoch();
      hosts.record(
          action,
          actor,
          host.row.hostname(),
          "epoch " + (epoch - 1) + ", " + from,
          "epoch " + epoch + ", " + seq,
          db -> db.hostRules().moveCursor(host.row.id(), epoch, seq, hosts.nextLogSeq()));
      host.thread.move(epoch, seq);
      return Move.DONE;
    } finally {
      hosts.deciding().unlock();
    }
  }

  /**
   * Refuses all hosts of a domain, those that are connected too.
   *
   * @param domain itself and all names below; a wildcard or a dot before it changes nothing
   * @return false if it is no domain
   */
  public boolean banDomain(String domain, String actor) {
    return changeBans(domain, "domain.ban", actor, true);
  }

  /**
   * Takes that back; the hosts of the domain are tried at once.
   *
   * @return false if it is no domain
   */
  public boolean unbanDomain(String domain, String actor) {
    return changeBans(domain, "domain.unban", actor, false);
  }

  private boolean changeBans(String text, String action, String actor, boolean ban) {
    String domain = DomainBans.normal(text, hosts.dev());
    if (domain == null) {
      return false;
    }
    hosts.deciding().lock();
    try {
      DomainBans before = hosts.domainBans();
      DomainBans after = ban ? before.with(domain) : before.without(domain);
      Instant now = clock.instant();
      hosts.record(
          action,
          actor,
          domain,
          before.domains().contains(domain) ? "banned" : "",
          ban ? "banned" : "",
          db -> {
            if (ban) {
              db.hostRules().banDomain(domain, now);
            } else {
              db.hostRules().unbanDomain(domain);
            }
          });
      hosts.domainBans(after);
    } finally {
      hosts.deciding().unlock();
    }
    return true;
  }

  /** The domains whose hosts are refused, in order. */
  public List<String> domainBans() {
    return hosts.domainBans().sorted();
  }

  /** Whether strangers may ask for hosts to be crawled. */
  public boolean takesRequests(boolean byConfiguration) {
    Boolean decided = hosts.crawl().enabled();
    return decided == null ? byConfiguration : decided;
  }

  /** Decides that. */
  public void takeRequests(boolean enabled, String actor) {
    changeCrawl(
        rule -> new CrawlRule(enabled, rule.perDay()),
        "crawl.enabled",
        rule -> rule.enabled() == null ? "as configured" : rule.enabled().toString(),
        actor);
  }

  /** How many hosts strangers may add within 24 hours. */
  public int newHostsPerDay() {
    return hosts.newPerDay();
  }

  /** Decides that. */
  public void newHostsPerDay(int limit, String actor) {
    if (limit < 0) {
      throw new IllegalArgumentException("a limit must be 0 or more");
    }
    changeCrawl(
        rule -> new CrawlRule(rule.enabled(), limit),
        "crawl.perDay",
        rule -> rule.perDay() == null ? "as configured" : rule.perDay().toString(),
        actor);
  }

  private void changeCrawl(
      UnaryOperator<CrawlRule> change,
      String action,
      Function<CrawlRule, String> text,
      String actor) {
    hosts.deciding().lock();
    try {
      CrawlRule before = hosts.crawl();
      CrawlRule after = change.apply(before);
      hosts.record(
          action,
          actor,
          "requestCrawl",
          text.apply(before),
          text.apply(after),
          db -> db.hostRules().putCrawl(after));
      hosts.crawl(after);
    } finally {
      hosts.deciding().unlock();
    }
  }
}
