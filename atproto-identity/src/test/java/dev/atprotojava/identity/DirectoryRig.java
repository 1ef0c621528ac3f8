// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.crypto.DidKey;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.identity.IdentityLookup.Found;
import dev.atprotojava.identity.IdentityLookup.Unavailable;
import dev.atprotojava.identity.IdentityLookup.Unavailable.Reason;
import dev.atprotojava.syntax.Did;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/** A directory on one thread: scripted resolvers, and time and threads under the test's hand. */
final class DirectoryRig {
  static final Did ALICE = Did.parse("did:plc:aliceaaaaaaaaaaaaaaaaaaa");
  static final Did BOB = Did.parse("did:plc:bobaaaaaaaaaaaaaaaaaaaaa");
  static final Did WEB = Did.parse("did:web:carol.example.com");
  static final PublicKey OLD_KEY = DidKey.parseMultikey(SampleDocument.MULTIKEY);
  static final PublicKey NEW_KEY = DidKey.parseMultikey(SampleDocument.OTHER_MULTIKEY);

  final ManualTime time = new ManualTime();
  final ManualExecutor executor = new ManualExecutor();
  final ScriptedResolver plc = new ScriptedResolver();
  final ScriptedResolver second = new ScriptedResolver();
  final ScriptedResolver web = new ScriptedResolver();
  final CachingDirectory directory;

  DirectoryRig() {
    this(builder -> builder);
  }

  DirectoryRig(UnaryOperator<CachingDirectory.Builder> settings) {
    this(1, settings);
  }

  /** With one or two PLC directories. */
  DirectoryRig(int directories, UnaryOperator<CachingDirectory.Builder> settings) {
    CachingDirectory.Builder builder =
        CachingDirectory.builder(List.of(plc, second).subList(0, directories), web)
            .executor(executor)
            .timer(time)
            .clock(time, time)
            .random(new SplittableRandom(1));
    this.directory = settings.apply(builder).build();
  }

  /** One of a billion. */
  static Did did(int number) {
    StringBuilder text = new StringBuilder("did:plc:" + "a".repeat(18));
    for (int shift = 0; shift < 30; shift += 5) {
      text.append("abcdefghijklmnopqrstuvwxyz234567".charAt(number >>> shift & 31));
    }
    return Did.parse(text.toString());
  }

  /** Looks up, with everything done that needs no time. */
  IdentityLookup lookup(Did did) {
    return get(directory.lookupAsync(did));
  }

  /** Begins a lookup whose answer is of no interest. */
  void begin(Did did) {
    CompletableFuture<IdentityLookup> unused = directory.lookupAsync(did);
  }

  IdentityLookup refresh(Did did) {
    return get(directory.refreshAsync(did));
  }

  IdentityLookup get(CompletableFuture<IdentityLookup> answer) {
    executor.runAll();
    return answer.getNow(new Unavailable(Reason.INTERRUPTED, time.instant()));
  }

  PublicKey keyOf(IdentityLookup lookup) {
    PublicKey key = ((Found) lookup).identity().signingKey();
    if (key == null) {
      throw new AssertionError("no key");
    }
    return key;
  }

  void rotateKey(Did did) {
    plc.answer(did, ScriptedResolver.found(did, SampleDocument.OTHER_MULTIKEY));
  }

  void breakPlc() {
    plc.answer(ScriptedResolver.failed(Reason.BAD_STATUS));
  }

  void mendPlc() {
    plc.answer(did -> ScriptedResolver.found(did, SampleDocument.MULTIKEY));
  }

  /** Looks DIDs up, each another, until the breaker is open. */
  void openBreaker() {
    breakPlc();
    for (int i = 0; directory.directoryAvailable(); i++) {
      lookup(did(1_000_000 + i));
    }
  }

  /** Lets time pass in small steps, with the threads at work. */
  void advance(Duration duration) {
    Duration step = Duration.ofMillis(100);
    for (Duration left = duration; left.isPositive(); left = left.minus(step)) {
      time.advance(left.compareTo(step) < 0 ? left : step);
      executor.runAll();
    }
  }
}
