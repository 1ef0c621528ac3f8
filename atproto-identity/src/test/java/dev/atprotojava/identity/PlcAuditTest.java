// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import static dev.atprotojava.identity.PlcLogWriter.didKey;
import static dev.atprotojava.identity.PlcLogWriter.regular;
import static dev.atprotojava.identity.PlcLogWriter.state;
import static dev.atprotojava.identity.PlcLogWriter.tombstone;
import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.crypto.DidKey;
import dev.atprotojava.identity.PlcAudit.Invalid;
import dev.atprotojava.identity.PlcAudit.Valid;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.testing.Gen;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * ID-72 to ID-76, each broken once. What gets past an audit is a key that a directory, or somebody
 * in it, put into an account of a stranger.
 */
class PlcAuditTest {
  /** Rotation keys in their order: 0 outranks 1, which outranks 2. */
  private static final PlcState BEGINNING = state("alice.example.com", 0, 1, 2);

  private static final PlcOperation GENESIS = regular(2, BEGINNING, null);
  private static final Duration HOURS_72 = Duration.ofDays(3);

  private static PlcLogWriter log() {
    return new PlcLogWriter().add(GENESIS);
  }

  private static PlcOperationLog valid(PlcLogWriter log) {
    PlcAudit audit = log.audit();
    assertThat(audit).isInstanceOf(Valid.class);
    return ((Valid) audit).log();
  }

  private static void refused(PlcLogWriter log, PlcFault fault) {
    assertThat(log.audit()).isEqualTo(new Invalid(log.entries().size() - 1, fault));
  }

  // What is in order.

  @Test
  void of_takesALogOfAllThreeForms() {
    PlcOperation create =
        PlcLogWriter.create(4, 4, 5, "alice.example.com", "https://pds.example.com");
    PlcOperation update = regular(5, state("alice2.example.com", 0, 1), create);
    PlcOperation end = tombstone(1, update);

    PlcOperationLog log =
        valid(new PlcLogWriter().add(create).add(update).add(end).flags(false, false, false));

    assertThat(log.steps()).extracting(PlcOperationLog.Step::keyIndex).containsExactly(1, 0, 1);
    assertThat(log.isTombstoned()).isTrue();
    assertThat(log.head()).isEqualTo(end);
  }

  @Test
  void of_nothingIsRefused() {
    assertThat(PlcAudit.of(GENESIS.genesisDid(), List.of()))
        .isEqualTo(new Invalid(0, PlcFault.EMPTY));
  }

  // ID-76: history has both, and an auditor that refuses them loses accounts.
  @Test
  void of_takesKeysThatAreRepeatedOrNone() {
    PlcOperation twice = regular(0, state("alice.example.com", 0, 0), null);
    assertThat(valid(new PlcLogWriter().add(twice)).steps().get(0).keyIndex()).isZero();

    PlcOperation last = regular(0, state("alice.example.com"), twice);
    PlcLogWriter log = new PlcLogWriter().add(twice).add(last);
    valid(log);
    refused(log.add(regular(0, BEGINNING, last)), PlcFault.SIGNATURE_INVALID);
  }

  // ID-79, and keys of a type that we cannot verify with keep the rank of the others.
  @Test
  void of_takesKeysOfOtherTypes() {
    String ed25519 = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";
    PlcState foreign =
        new PlcState(
            List.of(ed25519, didKey(0), didKey(1)),
            Map.of("atproto", ed25519),
            List.of(),
            Map.of());
    PlcOperation genesis = regular(1, foreign, null);

    PlcOperationLog log = valid(new PlcLogWriter().add(genesis));

    assertThat(log.steps().get(0).keyIndex()).isEqualTo(2);
    assertThat(foreign.signingKey()).isNull();
  }

  // The genesis.

  @Test
  void first_mustMakeTheDid() {
    PlcLogEntry row = log().entries().get(0);
    Did other = Did.parse("did:plc:aliceaaaaaaaaaaaaaaaaaaa");

    assertThat(
            PlcAudit.of(
                other,
                List.of(
                    new PlcLogEntry(
                        other, row.operation(), row.cid(), false, row.createdAt(), null))))
        .isEqualTo(new Invalid(0, PlcFault.WRONG_DID));
  }

  @Test
  void first_mustFollowNothing() {
    refused(new PlcLogWriter().add(regular(0, BEGINNING, GENESIS)), PlcFault.NOT_GENESIS);
    refused(new PlcLogWriter().add(tombstone(0, GENESIS)), PlcFault.NOT_GENESIS);
  }

  @Test
  void first_mustBeSignedByOneOfItsOwnKeys() {
    refused(new PlcLogWriter().add(regular(3, BEGINNING, null)), PlcFault.SIGNATURE_INVALID);
  }

  // The row.

  @Test
  void row_mustBeOfTheDid() {
    PlcOperation next = regular(0, BEGINNING, GENESIS);
    Did other = Did.parse("did:plc:aliceaaaaaaaaaaaaaaaaaaa");
    PlcLogWriter log = log();
    refused(
        log.addRow(
            new PlcLogEntry(
                other, next, next.cid(), false, PlcLogWriter.START.plusSeconds(1), null)),
        PlcFault.OTHER_DID);
  }

  @Test
  void row_mustNameTheCidOfItsOperation() {
    PlcOperation next = regular(0, BEGINNING, GENESIS);
    PlcLogWriter log = log();
    refused(
        log.addRow(
            new PlcLogEntry(
                GENESIS.genesisDid(),
                next,
                GENESIS.cid(),
                false,
                PlcLogWriter.START.plusSeconds(1),
                null)),
        PlcFault.WRONG_CID);
  }

  @Test
  void row_mustHoldAnOperation() {
    PlcLogWriter log = log();
    refused(
        log.addRow(
            new PlcLogEntry(
                GENESIS.genesisDid(),
                null,
                GENESIS.cid(),
                false,
                PlcLogWriter.START.plusSeconds(1),
                null)),
        PlcFault.UNREADABLE);
  }

  @Test
  void operation_isInTheLogOnce() {
    refused(log().add(GENESIS), PlcFault.REPEATED);
  }

  // ID-76, to the byte.
  @Test
  void operation_isOfBoundedSize() {
    int bare = regular(0, state("", 0), null).signedBytes().length();
    String name = "a".repeat(PlcOperation.MAX_BYTES - bare - 2); // 2: a longer head
    PlcOperation largest = regular(0, state(name, 0), null);
    assertThat(largest.signedBytes().length()).isEqualTo(PlcOperation.MAX_BYTES);

    valid(new PlcLogWriter().add(largest));
    refused(new PlcLogWriter().add(regular(0, state(name + "a", 0), null)), PlcFault.TOO_LARGE);
  }

  // The chain.

  @Test
  void later_mustFollowSomething() {
    refused(log().add(regular(0, state("other.example.com", 0), null)), PlcFault.SECOND_GENESIS);
  }

  @Test
  void later_mustFollowWhatTheLogHas() {
    PlcOperation missing = regular(0, state("missing.example.com", 0, 1), GENESIS);

    refused(log().add(regular(0, BEGINNING, missing)), PlcFault.PREV_UNKNOWN);
  }

  @Test
  void later_mustNotFollowTheEnd() {
    PlcOperation end = tombstone(1, GENESIS);

    refused(log().add(end).add(regular(0, BEGINNING, end)), PlcFault.PREV_TOMBSTONED);
  }

  @Test
  void later_mustNotFollowWhatWasTakenBack() {
    PlcOperation stolen = regular(2, state("thief.example.com", 3), GENESIS);
    PlcOperation recovery = regular(1, BEGINNING, GENESIS);

    refused(
        log().add(stolen).add(recovery).add(regular(3, state("thief.example.com", 3), stolen)),
        PlcFault.PREV_NULLIFIED);
  }

  @Test
  void later_mustBeLater() {
    PlcOperation next = regular(0, BEGINNING, GENESIS);
    for (Instant time : List.of(PlcLogWriter.START, PlcLogWriter.START.minusMillis(1))) {
      PlcLogWriter log = log();
      refused(
          log.addRow(new PlcLogEntry(GENESIS.genesisDid(), next, next.cid(), false, time, null)),
          PlcFault.NOT_LATER);
    }
  }

  // Later than what it follows is not enough: it must be later than what it takes back, too.
  @Test
  void recovery_mustBeLaterThanWhatItTakesBack() {
    PlcOperation stolen = regular(2, state("thief.example.com", 3), GENESIS);
    PlcOperation recovery = regular(0, BEGINNING, GENESIS);
    PlcLogWriter log = log().after(Duration.ofHours(2)).add(stolen);
    refused(
        log.addRow(
            new PlcLogEntry(
                GENESIS.genesisDid(),
                recovery,
                recovery.cid(),
                false,
                PlcLogWriter.START.plusSeconds(3_600),
                null)),
        PlcFault.NOT_LATER);
  }

  // ID-74: the keys in force are those of the operation that is followed, not its own, nor those
  // of an earlier one.
  @Test
  void later_mustBeSignedByAKeyInForce() {
    PlcOperation rotated = regular(0, state("alice.example.com", 4), GENESIS);
    PlcState grabbing = state("alice.example.com", 6);

    refused(log().add(regular(6, grabbing, GENESIS)), PlcFault.SIGNATURE_INVALID);
    refused(log().add(rotated).add(regular(0, grabbing, rotated)), PlcFault.SIGNATURE_INVALID);
    valid(log().add(rotated).add(regular(4, grabbing, rotated)));
  }

  // Signatures.

  @Test
  void signature_isOfTheWholeOperation() {
    PlcOperation.Regular honest = regular(0, BEGINNING, GENESIS);
    PlcOperation forged =
        new PlcOperation.Regular(state("thief.example.com", 3), honest.prev(), honest.sig());

    refused(log().add(forged), PlcFault.SIGNATURE_INVALID);
  }

  private static PlcOperation withSig(String sig) {
    PlcOperation.Regular honest = regular(0, BEGINNING, GENESIS);
    return new PlcOperation.Regular(BEGINNING, honest.prev(), sig);
  }

  // ID-72: with a second spelling of a signature there is a second CID of an operation, and others
  // than the owner could make it.
  @Test
  void signature_hasOneSpelling() {
    String sig = regular(0, BEGINNING, GENESIS).sig();
    byte[] bytes = Base64.getUrlDecoder().decode(sig);
    char last = sig.charAt(85);
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (String other :
        List.of(
            sig + "==",
            sig + "\n",
            sig.substring(0, 40) + "\n" + sig.substring(40),
            " " + sig,
            sig.substring(0, 85) + alphabet.charAt(alphabet.indexOf(last) + 1), // unused bits
            sig.substring(0, 85),
            sig + "AA",
            "",
            Base64.getEncoder().withoutPadding().encodeToString(Arrays.copyOf(new byte[] {-1}, 64)),
            PlcSignature.encode(der(bytes)))) {
      refused(log().add(withSig(other)), PlcFault.SIGNATURE_MALFORMED);
    }
    valid(log().add(withSig(sig)));
  }

  private static byte[] der(byte[] signature) {
    byte[] r = new BigInteger(1, Arrays.copyOf(signature, 32)).toByteArray();
    byte[] s = new BigInteger(1, Arrays.copyOfRange(signature, 32, 64)).toByteArray();
    ByteArrayOutputStream der = new ByteArrayOutputStream();
    der.writeBytes(new byte[] {0x30, (byte) (4 + r.length + s.length), 2, (byte) r.length});
    der.writeBytes(r);
    der.writeBytes(new byte[] {2, (byte) s.length});
    der.writeBytes(s);
    return der.toByteArray();
  }

  // ID-72: whoever sees a signature can make the one with the other S.
  @ParameterizedTest
  @CsvSource({
    "0, fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
    "1, ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
  })
  void signature_hasALowS(int signer, String order) {
    PlcOperation.Regular honest = regular(signer, BEGINNING, GENESIS);
    byte[] bytes = Base64.getUrlDecoder().decode(honest.sig());
    BigInteger s = new BigInteger(1, Arrays.copyOfRange(bytes, 32, 64));
    byte[] high = new BigInteger(order, 16).subtract(s).toByteArray();
    System.arraycopy(high, high.length - 32, bytes, 32, 32);

    refused(log().add(withSig(PlcSignature.encode(bytes))), PlcFault.SIGNATURE_INVALID);
    valid(log().add(honest));
  }

  // Recovery.

  private static final PlcOperation STOLEN = regular(2, state("thief.example.com", 3), GENESIS);
  private static final PlcOperation USED = regular(3, state("thief2.example.com", 3), STOLEN);

  @Test
  void recovery_takesBackAllThatCameAfter() {
    PlcOperation recovery = regular(1, state("alice.example.com", 0), GENESIS);
    PlcLogWriter writer = log().add(STOLEN).add(USED).add(recovery).flags(false, true, true, false);

    PlcOperationLog log = valid(writer);

    Instant recovered = writer.entries().get(3).createdAt();
    assertThat(log.steps())
        .extracting(PlcOperationLog.Step::nullifiedAt)
        .containsExactly(null, recovered, recovered, null);
    assertThat(log.head()).isEqualTo(recovery);
  }

  @ParameterizedTest
  @CsvSource({"2", "1"}) // the same key, or a weaker one
  void recovery_needsAStrongerKey(int disputedSigner) {
    PlcOperation disputed = regular(disputedSigner, state("new.example.com", 3), GENESIS);

    refused(
        log().add(disputed).add(regular(2, BEGINNING, GENESIS)), PlcFault.RECOVERY_KEY_TOO_WEAK);
  }

  // The rank is of the operation that is followed; what the disputed one says of itself is nothing.
  @Test
  void recovery_ranksKeysByWhatIsFollowed() {
    PlcOperation disputed = regular(1, state("new.example.com", 1, 0), GENESIS);

    valid(log().add(disputed).add(regular(0, BEGINNING, GENESIS)));
  }

  // Each recovery from one place needs a key that is stronger than that of the one before.
  @Test
  void recovery_canBeRecoveredFrom() {
    PlcOperation second = regular(1, state("b.example.com", 5), GENESIS);
    PlcOperation third = regular(0, state("c.example.com", 0), GENESIS);

    PlcOperationLog log =
        valid(log().add(STOLEN).add(second).add(third).flags(false, true, true, false));

    assertThat(log.head()).isEqualTo(third);
    refused(log().add(STOLEN).add(third).add(second), PlcFault.RECOVERY_KEY_TOO_WEAK);
  }

  @Test
  void recovery_canBringBackTheDead() {
    PlcOperation end = tombstone(1, GENESIS);

    PlcOperationLog log =
        valid(log().add(end).add(regular(0, BEGINNING, GENESIS)).flags(false, true, false));

    assertThat(log.isTombstoned()).isFalse();
  }

  // ID-75, to the millisecond, counted from the first operation that is taken back and no other.
  @Test
  void recovery_hasSeventyTwoHours() {
    PlcOperation recovery = regular(0, BEGINNING, GENESIS);

    valid(log().after(HOURS_72).add(STOLEN).after(HOURS_72).add(recovery));
    refused(
        log()
            .after(HOURS_72)
            .add(STOLEN)
            .after(Duration.ofHours(70))
            .add(USED)
            .after(Duration.ofHours(2).plusMillis(1))
            .add(recovery),
        PlcFault.RECOVERY_TOO_LATE);
  }

  // An operation that is refused must leave nothing behind.
  @Test
  void add_thatIsRefusedChangesNothing() {
    PlcOperationLog log = PlcOperationLog.of(GENESIS.genesisDid());
    PlcLogWriter writer = log().add(STOLEN).after(HOURS_72.plusMillis(1));
    writer.entries().forEach(entry -> assertThat(log.add(entry)).isNull());
    writer.add(regular(0, BEGINNING, GENESIS));

    assertThat(log.add(writer.entries().get(2))).isEqualTo(PlcFault.RECOVERY_TOO_LATE);

    assertThat(log.head()).isEqualTo(STOLEN);
    assertThat(log.steps()).hasSize(2).allMatch(step -> step.nullifiedAt() == null);
    writer.entries().remove(2);
    writer.add(USED);
    assertThat(log.add(writer.entries().get(2))).isNull();
  }

  // ID-75: a directory that hides what was taken back, or claims that something was.
  @Test
  void flags_mustMatchTheReplay() {
    PlcOperation recovery = regular(1, BEGINNING, GENESIS);

    assertThat(log().add(STOLEN).add(recovery).flags(false, false, false).audit())
        .isEqualTo(new Invalid(1, PlcFault.NULLIFIED_MISMATCH));
    assertThat(log().add(STOLEN).flags(false, true).audit())
        .isEqualTo(new Invalid(1, PlcFault.NULLIFIED_MISMATCH));
    assertThat(log().flags(true).audit()).isEqualTo(new Invalid(0, PlcFault.NULLIFIED_MISMATCH));
  }

  // States in time.

  @Test
  void operationAt_tellsTheKeysOfATime() {
    PlcOperation recovery = regular(1, state("back.example.com", 0), GENESIS);
    PlcLogWriter writer =
        log().after(Duration.ofHours(1)).add(STOLEN).after(Duration.ofHours(1)).add(recovery);
    PlcOperationLog log = valid(writer);
    Instant start = PlcLogWriter.START;

    assertThat(log.operationAt(start.minusMillis(1))).isNull();
    assertThat(log.operationAt(start)).isEqualTo(GENESIS);
    assertThat(log.operationAt(start.plusSeconds(3_599))).isEqualTo(GENESIS);
    assertThat(log.operationAt(start.plusSeconds(3_600))).isEqualTo(STOLEN);
    assertThat(log.operationAt(start.plusSeconds(7_200))).isEqualTo(recovery);

    assertThat(log.settledOperationAt(start.minusMillis(1))).isNull();
    assertThat(log.settledOperationAt(start.plusSeconds(3_600))).isEqualTo(GENESIS);
    assertThat(log.settledOperationAt(start.plusSeconds(7_200))).isEqualTo(recovery);
    Did did = GENESIS.genesisDid();
    Identity then =
        Objects.requireNonNull(GENESIS.state()).identity(did, AddressPolicy.publicOnly(), start);
    assertThat(then.signingKey()).isEqualTo(PlcLogWriter.key(100).publicKey());
    assertThat(then.handle()).hasToString("alice.example.com");
    assertThat(then.pds()).hasToString("https://pds.example.com");
  }

  // Any order, any signer: what the audit lets stand is a chain from the first operation, each of
  // whose steps is signed by a key of the one before, whatever was thrown at it.
  @Test
  void add_keepsAChainThatIsSignedStepByStep() {
    Gen.forAll(
        30,
        gen -> {
          PlcOperationLog log = PlcOperationLog.of(GENESIS.genesisDid());
          List<PlcOperation> made = new ArrayList<>(List.of(GENESIS));
          Instant time = PlcLogWriter.START;
          log.add(new PlcLogEntry(GENESIS.genesisDid(), GENESIS, GENESIS.cid(), null, time, null));
          for (int i = 0; i < 12; i++) {
            time = time.plusSeconds(gen.between(-1, 100_000));
            PlcOperation prev = made.get(gen.nextInt(made.size()));
            PlcOperation next =
                gen.oneIn(6)
                    ? tombstone(gen.nextInt(4), prev)
                    : regular(
                        gen.nextInt(4),
                        state("h" + i + ".example.com", gen.nextInt(4), gen.nextInt(4)),
                        prev);
            made.add(next);
            log.add(new PlcLogEntry(GENESIS.genesisDid(), next, next.cid(), null, time, null));
          }
          List<PlcOperationLog.Step> standing =
              log.steps().stream().filter(step -> step.nullifiedAt() == null).toList();
          for (int i = 1; i < standing.size(); i++) {
            PlcOperation before = standing.get(i - 1).operation();
            PlcOperation step = standing.get(i).operation();
            assertThat(step.prev()).isEqualTo(before.cid().toString());
            PlcState inForce = Objects.requireNonNull(before.state());
            String signer = inForce.rotationKeys().get(standing.get(i).keyIndex());
            byte[] signature = Base64.getUrlDecoder().decode(step.sig());
            assertThat(
                    DidKey.parse(signer)
                        .verifyDigest(PlcSignature.digest(step), 0, signature, 0, 64))
                .isTrue();
          }
          List<Instant> times = log.steps().stream().map(step -> step.entry().createdAt()).toList();
          assertThat(times).isSorted().doesNotHaveDuplicates();
          assertThat(Collections.max(times)).isEqualTo(times.get(times.size() - 1));
        });
  }
}
