// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.crypto.DidKey;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Handle;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Key and handle are packed into one array; a wrong cut is another account's key. */
class IdentityTest {
  private static final Did DID = SampleDocument.DID;
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00.123Z");
  private static final PdsEndpoint PDS =
      PdsEndpoint.parse("https://pds.example.com", AddressPolicy.publicOnly());

  private static final List<@Nullable PublicKey> KEYS =
      Arrays.asList(
          null,
          DidKey.parseMultikey(SampleDocument.MULTIKEY),
          DidKey.parseMultikey(SampleDocument.OTHER_MULTIKEY),
          DidKey.parseMultikey(SampleDocument.P256_MULTIKEY));

  private static final List<@Nullable Handle> HANDLES =
      Arrays.asList(null, Handle.parse("a.co"), Handle.parse("a.".repeat(120) + "example.com"));

  @Test
  void of_givesBackItsParts() {
    for (PublicKey key : KEYS) {
      for (Handle handle : HANDLES) {
        for (PdsEndpoint pds : Arrays.asList(null, PDS)) {
          Identity identity = Identity.of(DID, handle, pds, key, NOW);
          assertThat(identity.did()).isEqualTo(DID);
          assertThat(identity.handle()).isEqualTo(handle);
          assertThat(identity.pds()).isEqualTo(pds);
          assertThat(identity.signingKey()).isEqualTo(key);
          assertThat(identity.hasSigningKey()).isEqualTo(key != null);
          // ID-35: without either, commits of the account are to be ignored.
          assertThat(identity.isUsable()).isEqualTo(key != null && pds != null);
          assertThat(identity.fetchedAt()).isEqualTo(NOW);
          assertThat(identity).isEqualTo(Identity.of(DID, handle, pds, key, NOW));
        }
      }
    }
  }

  @Test
  void equals_comparesEveryPart() {
    Identity identity = Identity.of(DID, HANDLES.get(1), PDS, KEYS.get(1), NOW);

    assertThat(identity)
        .isNotEqualTo(Identity.of(DID, HANDLES.get(2), PDS, KEYS.get(1), NOW))
        .isNotEqualTo(Identity.of(DID, HANDLES.get(1), null, KEYS.get(1), NOW))
        .isNotEqualTo(Identity.of(DID, HANDLES.get(1), PDS, KEYS.get(2), NOW))
        .isNotEqualTo(Identity.of(DID, HANDLES.get(1), PDS, KEYS.get(1), NOW.plusMillis(1)))
        .isNotEqualTo(
            Identity.of(
                Did.parse("did:plc:other234567other234567ot"),
                HANDLES.get(1),
                PDS,
                KEYS.get(1),
                NOW));
  }

  // A key builds a table with its second use; a new object for each call would never get there.
  @Test
  void signingKey_isTheSameObjectWhileItIsHeld() {
    Identity identity = Identity.of(DID, null, PDS, KEYS.get(1), NOW);

    PublicKey first = identity.signingKey();

    assertThat(identity.signingKey()).isSameAs(first);
  }
}
