// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay;

import dev.atprotojava.identity.CachingDirectory;
import dev.atprotojava.identity.IdentityLookup;
import dev.atprotojava.identity.IdentityLookup.Unavailable;
import dev.atprotojava.identity.IdentityLookup.Unavailable.Reason;
import dev.atprotojava.syntax.Did;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An identity directory as lanes ask it. */
public record DirectoryIdentities(CachingDirectory directory, InstantSource clock)
    implements IdentitySource {
  private static final Logger LOG = LoggerFactory.getLogger(DirectoryIdentities.class);
  private static final Duration RETRY = Duration.ofSeconds(2);

  @Override
  public @Nullable IdentityLookup cached(Did did) {
    return directory.cached(did);
  }

  @Override
  public void resolve(Did did, boolean force, Consumer<IdentityLookup> whenDone) {
    var answer = force ? directory.refreshAsync(did) : directory.lookupAsync(did);
    var _ =
        answer
            .exceptionally(
                fault -> { // a mistake of ours, for which the event must not wait
                  LOG.error("did={}: lookup failed", did, fault);
                  return new Unavailable(Reason.UNREACHABLE, clock.instant().plus(RETRY));
                })
            .thenAccept(whenDone);
  }

  @Override
  public void markStale(Did did) {
    directory.markStale(did);
  }

  @Override
  public boolean available() {
    return directory.directoryAvailable();
  }
}
