// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.car;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.testing.Cost;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/** Any bytes at all as an archive, whole and as a stream, which must say the same of it. */
class CarFuzzTest {
  private static final int PER_BYTE = 400;

  @FuzzTest(maxDuration = "5m")
  void readerAndStream_agree(byte[] input) {
    Cost.requireLinear(
        input.length,
        PER_BYTE,
        () -> {
          String whole = whole(Bytes.wrap(input.clone()));
          String streamed = streamed(input);
          if (!whole.equals(streamed)) {
            throw new AssertionError("whole: " + whole + ", as a stream: " + streamed);
          }
        });
  }

  private static String whole(Bytes input) {
    int blocks = 0;
    long bytes = 0;
    try {
      CarReader car = new CarReader().reset(input);
      while (car.next()) {
        blocks++;
        bytes += car.data().length();
      }
      return blocks + " blocks, " + bytes + " bytes";
    } catch (CarException e) {
      return blocks + " blocks, " + bytes + " bytes, " + e.reason();
    }
  }

  private static String streamed(byte[] input) {
    int blocks = 0;
    long bytes = 0;
    try (CarStream car = CarStream.open(new ByteArrayInputStream(input))) {
      while (car.next()) {
        blocks++;
        bytes += car.dataLength();
      }
      return blocks + " blocks, " + bytes + " bytes";
    } catch (CarException e) {
      return blocks + " blocks, " + bytes + " bytes, " + e.reason();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
