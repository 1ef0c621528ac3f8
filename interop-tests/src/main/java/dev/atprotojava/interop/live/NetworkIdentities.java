// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.live;

import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.identity.CachingDirectory;
import dev.atprotojava.identity.HttpFetcher;
import dev.atprotojava.identity.IdentityLookup;
import dev.atprotojava.identity.Lifetimes;
import dev.atprotojava.identity.PlcAudit;
import dev.atprotojava.identity.PlcLogReader;
import dev.atprotojava.identity.PlcOperation;
import dev.atprotojava.identity.PlcOperationLog;
import dev.atprotojava.identity.PlcResolver;
import dev.atprotojava.identity.PlcState;
import dev.atprotojava.identity.WebDidResolver;
import dev.atprotojava.syntax.Did;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Identities by the PLC directory and the hosts of did:web. */
final class NetworkIdentities implements Identities, AutoCloseable {
  /** Whoever looks for a minute must see a new key sooner than a relay has to. */
  private static final Duration REFRESH = Duration.ofSeconds(5);

  private final HttpFetcher http;
  private final CachingDirectory directory;
  private final PlcLogReader logs;
  private final InstantSource clock;
  private final Map<Did, Former> former = new ConcurrentHashMap<>();

  NetworkIdentities(String plc, AddressPolicy policy, String userAgent, InstantSource clock) {
    this.http = HttpFetcher.builder().policy(policy).userAgent(userAgent).build();
    Lifetimes usual = Lifetimes.defaults();
    this.directory =
        CachingDirectory.builder(
                List.of(PlcResolver.of(http, plc)), WebDidResolver.following(http, 1))
            .lifetimes(
                new Lifetimes(
                    usual.soft(),
                    usual.hard(),
                    usual.onError(),
                    REFRESH,
                    usual.retryFirst(),
                    usual.retryLongest(),
                    REFRESH,
                    REFRESH))
            .build();
    this.logs = PlcLogReader.of(http, plc);
    this.clock = clock;
  }

  @Override
  public IdentityLookup lookup(Did did) {
    return directory.lookup(did);
  }

  @Override
  public IdentityLookup refresh(Did did) {
    return directory.refreshAsync(did).join();
  }

  @Override
  public List<PublicKey> formerKeys(Did did) {
    return did.isPlc() ? former.compute(did, this::former).keys : List.of();
  }

  /** The keys of a log, and when it was read: an account may have got another one since. */
  private record Former(Instant read, List<PublicKey> keys) {}

  private Former former(Did did, @Nullable Former known) {
    Instant now = clock.instant();
    if (known != null && now.isBefore(known.read.plus(REFRESH))) {
      return known;
    }
    List<PublicKey> keys = new ArrayList<>();
    if (logs.read(did) instanceof PlcLogReader.Answer.Log(var entries)
        && PlcAudit.of(did, entries) instanceof PlcAudit.Valid(PlcOperationLog log)) {
      for (PlcOperationLog.Step step : log.steps()) {
        PlcOperation operation = step.operation();
        PlcState state = operation.state();
        PublicKey key = state == null ? null : state.signingKey();
        if (key != null && !keys.contains(key)) {
          keys.add(key);
        }
      }
    }
    return new Former(now, List.copyOf(keys));
  }

  @Override
  public void close() {
    directory.close();
    http.close();
  }
}
