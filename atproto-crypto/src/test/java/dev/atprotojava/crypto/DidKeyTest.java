// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atprotojava.multiformats.Base58Btc;
import dev.atprotojava.testing.Gen;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DidKeyTest {
  private static final String P256 = "zDnaembgSGUhZULN2Caob4HLJPaxBh92N7rtH21TErzqf8HQo";
  private static final String K256 = "zQ3shqwJEJyMBsBXCWyCBpUBMqxcon9oHB7mCvx4sSpMdLJwc";
  private static final String LEGACY_P256 = "EcdsaSecp256r1VerificationKey2019";
  private static final String LEGACY_K256 = "EcdsaSecp256k1VerificationKey2019";

  // CR-04, CR-08: the examples of the specification.
  @ParameterizedTest
  @ValueSource(strings = {P256, K256})
  void parse_roundTripsTheSpecsExamples(String multikey) {
    PublicKey key = DidKey.parseMultikey(multikey);
    assertThat(key.toMultikey()).isEqualTo(multikey).hasSize(49);
    assertThat(key.toDidKey()).isEqualTo("did:key:" + multikey).hasSize(57);
    assertThat(key).hasToString(key.toDidKey());
    assertThat(DidKey.parse(key.toDidKey())).isEqualTo(key).hasSameHashCodeAs(key);
    assertThat(key.compressed()).hasSize(33);
    assertThat(PublicKey.parseVerificationMethod("Multikey", multikey)).isEqualTo(key);
  }

  // CR-01, CR-03, CR-04: the codec decides which curve it is.
  @Test
  void parse_tellsTheCurvesApart() {
    assertThat(DidKey.parseMultikey(P256)).isInstanceOf(P256PublicKey.class);
    assertThat(DidKey.parseMultikey(K256)).isInstanceOf(K256PublicKey.class);
    byte[] bytes = DidKey.parseMultikey(K256).compressed();
    assertThat(P256PublicKey.parse(bytesOnBothCurves()))
        .isNotEqualTo(K256PublicKey.parse(bytesOnBothCurves()));
    assertThat(K256PublicKey.parse(bytes)).isEqualTo(DidKey.parseMultikey(K256));
  }

  private static byte[] bytesOnBothCurves() {
    for (int x = 1; ; x++) {
      java.math.BigInteger number = java.math.BigInteger.valueOf(x);
      Reference.Point point = Reference.P256.pointAt(number);
      if (point != null && Reference.K256.pointAt(number) != null) {
        byte[] bytes = Reference.compressed(point);
        bytes[0] = 2;
        return bytes;
      }
    }
  }

  // CR-05: each of these, if accepted, would give one key two spellings or a key that is none.
  @ParameterizedTest
  @MethodSource
  void parseMultikey_refusesMalformed(String multikey) {
    assertThat(kindOf(multikey)).isEqualTo(CryptoException.Kind.MALFORMED);
  }

  static List<String> parseMultikey_refusesMalformed() {
    String compressed = hex(DidKey.parseMultikey(K256).compressed());
    return List.of(
        "",
        "z",
        K256.substring(1),
        "b" + K256.substring(1),
        "Z" + K256.substring(1),
        "f" + "e701" + compressed,
        " " + K256,
        K256 + " ",
        K256 + "#" + K256,
        K256.replace('h', 'l'),
        K256.replace('h', '0'),
        multikey("e7"),
        multikey("e701"),
        multikey("e780"), // cut off varint
        multikey("e78100" + compressed), // longer varint of the same codec
        multikey("e701" + compressed.substring(2)),
        multikey("e701" + compressed + "00"),
        multikey("e701" + compressed.substring(0, 64)),
        multikey("e701" + "04" + compressed.substring(2)),
        multikey("e701" + "00".repeat(33)),
        multikey("8024" + "02" + "ff".repeat(32)),
        multikey("ffffffffffffffffffff01" + compressed));
  }

  // A leading 1 is a zero byte and must not be dropped; a trailing one makes another number. Either
  // gives another multicodec, so these are keys of a type that nobody knows.
  @ParameterizedTest
  @ValueSource(strings = {"z1" + "Q3shqwJEJyMBsBXCWyCBpUBMqxcon9oHB7mCvx4sSpMdLJwc", K256 + "1"})
  void parseMultikey_refusesAddedOnes(String multikey) {
    assertThat(kindOf(multikey)).isEqualTo(CryptoException.Kind.UNSUPPORTED);
  }

  // CR-06, CR-16, ID-79: PLC documents carry such keys, and they must not spoil the document.
  @ParameterizedTest
  @MethodSource
  void parseMultikey_unsupportedIsNotMalformed(String multikey) {
    assertThat(kindOf(multikey)).isEqualTo(CryptoException.Kind.UNSUPPORTED);
  }

  static List<String> parseMultikey_unsupportedIsNotMalformed() {
    return List.of(
        "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", // ed25519, from the did:key method
        multikey("ec01" + "11".repeat(32)), // x25519
        multikey("8124" + "02" + "11".repeat(48)), // p384
        multikey("8126" + "11".repeat(32)), // a private key of k256
        multikey("8524" + "11".repeat(270)), // rsa
        "z" + "2".repeat(2700), // as long as an ML-DSA key
        multikey("ffffffffffffffff7f" + "11"));
  }

  private static CryptoException.Kind kindOf(String multikey) {
    CryptoException bare =
        catchThrowableOfType(CryptoException.class, () -> DidKey.parseMultikey(multikey));
    CryptoException prefixed =
        catchThrowableOfType(CryptoException.class, () -> DidKey.parse("did:key:" + multikey));
    assertThat(bare).isNotNull();
    assertThat(bare.getStackTrace()).isEmpty();
    if (multikey.length() > 8) {
      assertThat(bare.getMessage()).doesNotContain(multikey);
    }
    assertThat(prefixed.kind()).isEqualTo(bare.kind());
    return bare.kind();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "did:key", "did:plc:" + K256, "DID:KEY:" + K256, K256, "did:web:a"})
  void parse_refusesOtherDids(String did) {
    CryptoException refusal = catchThrowableOfType(CryptoException.class, () -> DidKey.parse(did));
    assertThat(refusal.kind()).isEqualTo(CryptoException.Kind.MALFORMED);
  }

  // Any damage to a key's text gives another valid text or a refusal, never another exception.
  @Test
  void parse_neverThrowsAnythingElse() {
    Gen.forAll(
        3000,
        gen -> {
          StringBuilder text = new StringBuilder(gen.oneIn(2) ? P256 : K256);
          for (int i = gen.between(1, 3); i > 0; i--) {
            text.setCharAt(
                gen.nextInt(text.length()),
                "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0O\u00e9"
                    .charAt(gen.nextInt(61)));
          }
          try {
            assertThat(DidKey.parseMultikey(text.toString()).toMultikey())
                .isEqualTo(text.toString());
          } catch (CryptoException refused) {
            assertThat(refused.kind()).isNotNull();
          }
        });
  }

  // CR-20: the text of a Multikey without did:key, and with it no Multikey.
  @Test
  void parseVerificationMethod_multikey() {
    PublicKey key = DidKey.parseMultikey(K256);
    assertThat(PublicKey.parseVerificationMethod("Multikey", K256)).isEqualTo(key);
    assertThatThrownBy(() -> PublicKey.parseVerificationMethod("Multikey", key.toDidKey()))
        .isInstanceOf(CryptoException.class);
  }

  // CR-22, CR-24: an uncompressed legacy key and a Multikey that are one key.
  @Test
  void parseVerificationMethod_legacyUncompressed() {
    PublicKey legacy =
        PublicKey.parseVerificationMethod(
            LEGACY_K256,
            "zQYEBzXeuTM9UR3rfvNag6L3RNAs5pQZyYPsomTsgQhsxLdEgCrPTLgFna8yqCnxPpNT7DBk6Ym3dgPKNu86vt9GR");
    assertThat(legacy)
        .isEqualTo(DidKey.parseMultikey("zQ3shXjHeiBuRCKmM36cuYnm7YEMzhGnCmCyW92sRJ9pribSF"))
        .hasToString("did:key:zQ3shXjHeiBuRCKmM36cuYnm7YEMzhGnCmCyW92sRJ9pribSF");
  }

  // CR-23, T-40: the published vectors hold compressed points under the legacy types.
  @Test
  void parseVerificationMethod_legacyCompressed() {
    assertThat(
            PublicKey.parseVerificationMethod(
                LEGACY_P256, "zxdM8dSstjrpZaRUwBmDvjGXweKuEMVN95A9oJBFjkWMh"))
        .isEqualTo(DidKey.parseMultikey(P256));
    assertThat(
            PublicKey.parseVerificationMethod(
                LEGACY_K256, "z25z9DTpsiYYJKGsWmSPJK2NFN8PcJtZig12K59UgW7q5t"))
        .isEqualTo(DidKey.parseMultikey(K256));
  }

  // CR-21 on the other curve: the uncompressed point of RFC 6979 A.2.5.
  @Test
  void parseVerificationMethod_legacyUncompressedP256() {
    String x = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6";
    String y = "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
    PublicKey key = PublicKey.parseVerificationMethod(LEGACY_P256, multikey("04" + x + y));
    assertThat(hex(key.compressed())).isEqualTo("03" + x);
  }

  // CR-02: an attacker who chooses a point off the curve chooses its order too.
  @ParameterizedTest
  @MethodSource
  void parseVerificationMethod_refusesMalformedLegacy(String type, String hex) {
    CryptoException refusal =
        catchThrowableOfType(
            CryptoException.class, () -> PublicKey.parseVerificationMethod(type, multikey(hex)));
    assertThat(refusal.kind()).isEqualTo(CryptoException.Kind.MALFORMED);
  }

  static List<Object[]> parseVerificationMethod_refusesMalformedLegacy() {
    String x = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6";
    String y = "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
    String offCurve = "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462298";
    return List.of(
        new Object[] {LEGACY_P256, "04" + x + offCurve},
        new Object[] {LEGACY_K256, "04" + x + y}, // a point of the other curve
        new Object[] {LEGACY_P256, "06" + x + y},
        new Object[] {LEGACY_P256, "07" + x + y},
        new Object[] {LEGACY_P256, "02" + x + y},
        new Object[] {LEGACY_P256, "04" + "ff".repeat(32) + y},
        new Object[] {LEGACY_P256, "04" + x + "ff".repeat(32)},
        new Object[] {LEGACY_P256, "04" + "00".repeat(64)},
        new Object[] {LEGACY_P256, "04" + x + y + "00"},
        new Object[] {LEGACY_P256, "04" + x + y.substring(2)},
        new Object[] {LEGACY_P256, x + y},
        new Object[] {LEGACY_P256, "00"},
        new Object[] {LEGACY_P256, "8024" + "03" + x}, // a Multikey under a legacy type
        new Object[] {LEGACY_K256, "04" + "00".repeat(64)});
  }

  @Test
  void parseVerificationMethod_refusesTextThatIsNotMultibase() {
    CryptoException refusal =
        catchThrowableOfType(
            CryptoException.class, () -> PublicKey.parseVerificationMethod(LEGACY_P256, "x"));
    assertThat(refusal.kind()).isEqualTo(CryptoException.Kind.MALFORMED);
  }

  // CR-25: an entry of a type that is not ours is skipped, not an error of the document.
  @ParameterizedTest
  @ValueSource(
      strings = {"", "multikey", "JsonWebKey2020", "Ed25519VerificationKey2020", LEGACY_P256 + " "})
  void parseVerificationMethod_otherTypeIsUnsupported(String type) {
    CryptoException refusal =
        catchThrowableOfType(
            CryptoException.class, () -> PublicKey.parseVerificationMethod(type, K256));
    assertThat(refusal.kind()).isEqualTo(CryptoException.Kind.UNSUPPORTED);
  }

  private static String multikey(String hex) {
    return "z" + Base58Btc.encode(HexFormat.of().parseHex(hex));
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  // A caller must not be able to change a key that others use.
  @Test
  void compressed_isACopy() {
    PublicKey key = DidKey.parseMultikey(K256);
    Arrays.fill(key.compressed(), (byte) 0);
    assertThat(key.toMultikey()).isEqualTo(K256);
  }
}
