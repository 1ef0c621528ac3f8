// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.identity.HandleResolution.Ambiguous;
import dev.atprotojava.identity.HandleResolution.Failed;
import dev.atprotojava.identity.HandleResolution.Method;
import dev.atprotojava.identity.HandleResolution.NotFound;
import dev.atprotojava.identity.HandleResolution.Reserved;
import dev.atprotojava.identity.HandleResolution.Resolved;
import dev.atprotojava.identity.HandleVerdict.Cause;
import dev.atprotojava.identity.HandleVerdict.Refuted;
import dev.atprotojava.identity.HandleVerdict.Undecided;
import dev.atprotojava.identity.HandleVerdict.Verified;
import dev.atprotojava.identity.IdentityLookup.Unavailable.Reason;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Handle;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** ID-40: a name counts only if both sides say so; else anybody is anybody. */
class HandleDirectoryTest {
  private static final Handle HANDLE = Handle.parse("alice.example.com");
  private static final Did DID = DirectoryRig.ALICE;
  private static final Instant NOW = Instant.EPOCH;

  private HandleResolution said = new Resolved(DID, Method.DNS);
  private IdentityLookup known = new IdentityLookup.Found(identity("alice.example.com"));
  private final HandleDirectory directory =
      HandleDirectory.of(
          handle -> said,
          new IdentityDirectory() {
            @Override
            public CompletableFuture<IdentityLookup> lookupAsync(Did did) {
              return CompletableFuture.completedFuture(known);
            }

            @Override
            public CompletableFuture<IdentityLookup> refreshAsync(Did did) {
              return lookupAsync(did);
            }

            @Override
            public IdentityLookup cached(Did did) {
              return known;
            }

            @Override
            public void markStale(Did did) {}
          });

  private static Identity identity(@Nullable String handle) {
    return Identity.of(DID, handle == null ? null : Handle.parse(handle), null, null, NOW);
  }

  @Test
  void verify_needsBothDirections() {
    Identity alice = identity("alice.example.com");
    assertThat(directory.verify(alice)).isEqualTo(new Verified(HANDLE, alice));
    assertThat(directory.verify(alice).shown()).isEqualTo(HANDLE);

    assertThat(directory.verify(identity(null))).isEqualTo(new Refuted(Cause.NONE_CLAIMED));
    said = new Resolved(DirectoryRig.BOB, Method.HTTPS);
    assertThat(directory.verify(alice)).isEqualTo(new Refuted(Cause.OTHER_DID));
    said = new NotFound();
    assertThat(directory.verify(alice)).isEqualTo(new Refuted(Cause.HANDLE_NOT_FOUND));
    said = new Ambiguous();
    assertThat(directory.verify(alice)).isEqualTo(new Refuted(Cause.HANDLE_AMBIGUOUS));
    said = new Reserved();
    assertThat(directory.verify(alice)).isEqualTo(new Refuted(Cause.HANDLE_RESERVED));
    assertThat(directory.verify(alice).shown()).isEqualTo(Handle.INVALID);
  }

  // A failure takes nobody's name away for good, and gives none either.
  @Test
  void verify_thatFailsIsNoVerdict() {
    said = new Failed(Reason.TIMEOUT);

    HandleVerdict verdict = directory.verify(identity("alice.example.com"));

    assertThat(verdict).isEqualTo(new Undecided(Reason.TIMEOUT));
    assertThat(verdict.shown()).isEqualTo(Handle.INVALID);
  }

  @Test
  void lookup_needsBothDirections() {
    assertThat(directory.lookup(Handle.parse("ALICE.example.com")))
        .isEqualTo(new Verified(HANDLE, identity("alice.example.com")));

    known = new IdentityLookup.Found(identity("mallory.example.com"));
    assertThat(directory.lookup(HANDLE)).isEqualTo(new Refuted(Cause.OTHER_CLAIMED));
    known = new IdentityLookup.Found(identity(null));
    assertThat(directory.lookup(HANDLE)).isEqualTo(new Refuted(Cause.NONE_CLAIMED));
    known = new IdentityLookup.NotFound(DID, NOW);
    assertThat(directory.lookup(HANDLE)).isEqualTo(new Refuted(Cause.DID_NOT_FOUND));
    known = new IdentityLookup.Tombstoned(DID, NOW);
    assertThat(directory.lookup(HANDLE)).isEqualTo(new Refuted(Cause.DID_NOT_FOUND));
    known = Refusals.UNSUPPORTED_METHOD;
    assertThat(directory.lookup(HANDLE)).isEqualTo(new Refuted(Cause.DID_NOT_FOUND));
    known = new IdentityLookup.Unavailable(Reason.DIRECTORY_DOWN, NOW);
    assertThat(directory.lookup(HANDLE)).isEqualTo(new Undecided(Reason.DIRECTORY_DOWN));
  }

  @Test
  void lookup_ofAHandleThatNamesNoDid() {
    said = new NotFound();
    assertThat(directory.lookup(HANDLE)).isEqualTo(new Refuted(Cause.HANDLE_NOT_FOUND));
    said = new Ambiguous();
    assertThat(directory.lookup(HANDLE)).isEqualTo(new Refuted(Cause.HANDLE_AMBIGUOUS));
    said = new Reserved();
    assertThat(directory.lookup(HANDLE)).isEqualTo(new Refuted(Cause.HANDLE_RESERVED));
    said = new Failed(Reason.UNREACHABLE);
    assertThat(directory.lookup(HANDLE)).isEqualTo(new Undecided(Reason.UNREACHABLE));
  }
}
