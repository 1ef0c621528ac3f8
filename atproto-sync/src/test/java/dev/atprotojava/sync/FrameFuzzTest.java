// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.crypto.SigningKey;
import dev.atprotojava.testing.Cost;
import java.time.Instant;
import java.util.SplittableRandom;

/** Any bytes at all as a message, and what is one through the verifier. */
class FrameFuzzTest {
  private static final int PER_BYTE = 2000;
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final SigningKey KEY = SigningKey.parseK256(secret());

  private static byte[] secret() {
    byte[] secret = new byte[SigningKey.SECRET_LENGTH];
    secret[31] = 7;
    return secret;
  }

  /** Damage: bytes of a host that end a thread, or cost more than their like. */
  @FuzzTest(maxDuration = "5m")
  void decodeAndVerify_refuseOrAccept(byte[] input) {
    Bytes message = Bytes.wrap(input.clone());
    Cost.requireLinear(input.length, PER_BYTE, () -> handle(message));
  }

  private static void handle(Bytes message) {
    Frame frame;
    try {
      frame = new FrameCodec().decode(message);
    } catch (FrameException e) {
      return;
    }
    CommitVerifier verifier = CommitVerifier.strict(new SplittableRandom(1));
    switch (frame) {
      case Frame.Message(RepoEvent.CommitEvent commit) ->
          verifier.verify(commit, KEY.publicKey(), null, NOW);
      case Frame.Message(RepoEvent.SyncEvent sync) ->
          verifier.verify(sync, KEY.publicKey(), null, NOW);
      case Frame.Message other -> other.event();
      case Frame.Invalid invalid -> invalid.fault();
      case Frame.Unknown unknown -> unknown.seq();
      case Frame.Error error -> error.error();
    }
  }
}
