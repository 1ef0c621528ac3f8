// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.testing.Cost;

/** Any bytes at all as what a directory, a host or a name server might answer. */
class DocumentFuzzTest {
  private static final Did DID = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
  private static final int PER_BYTE = 400;

  @FuzzTest(maxDuration = "5m")
  void document_isReadOrRefused(byte[] input) {
    Cost.requireLinear(
        input.length,
        PER_BYTE,
        () -> {
          try {
            DidDocument.parse(DID, input, AddressPolicy.publicOnly());
          } catch (IdentityException e) {
            // refused
          }
        });
  }

  @FuzzTest(maxDuration = "5m")
  void plcOperation_isReadOrRefused(byte[] input) {
    Cost.requireLinear(
        input.length,
        PER_BYTE,
        () -> {
          try {
            PlcOperation.parse(input);
          } catch (IdentityException e) {
            // refused
          }
        });
  }

  @FuzzTest(maxDuration = "5m")
  void plcLogEntry_isReadOrRefused(byte[] input) {
    Cost.requireLinear(
        input.length,
        PER_BYTE,
        () -> {
          try {
            PlcOperationLog.of(DID).add(PlcLogEntry.parse(input));
          } catch (IdentityException e) {
            // refused
          }
        });
  }

  /** ID-43: an answer names the DID that is in it, or none. */
  @FuzzTest(maxDuration = "5m")
  void handleAnswer_isADidOrNone(byte[] input) {
    Cost.requireLinear(
        input.length,
        PER_BYTE,
        () -> {
          Did did = NetworkHandleResolver.readDid(input);
          if (did != null && !new String(input, ISO_8859_1).contains(did.toString())) {
            throw new AssertionError("a DID that nobody said");
          }
        });
  }
}
