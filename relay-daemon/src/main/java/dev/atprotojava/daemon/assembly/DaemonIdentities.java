// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.assembly;

import dev.atprotojava.identity.CachingDirectory;
import dev.atprotojava.identity.IdentityLookup;
import dev.atprotojava.relay.IdentitySource;
import dev.atprotojava.syntax.Did;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The identity directory as the relay's lanes ask it. */
record DaemonIdentities(CachingDirectory directory) implements IdentitySource {
  @Override
  public @Nullable IdentityLookup cached(Did did) {
    return directory.cached(did);
  }

  @Override
  public void resolve(Did did, boolean force, Consumer<IdentityLookup> whenDone) {
    var answer = force ? directory.refreshAsync(did) : directory.lookupAsync(did);
    var _ = answer.thenAccept(whenDone);
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
