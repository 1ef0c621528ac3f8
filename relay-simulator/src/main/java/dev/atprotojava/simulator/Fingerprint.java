// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.sync.EncodedFrame;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/**
 * A number that a frame keeps on its way through a relay, which changes nothing but the value of
 * {@code seq} (RL-18): two checksums over all other bytes. What is found by it again is byte for
 * byte what was sent.
 *
 * <p>Both checksums are machine instructions, and the frames that are compared are not chosen by an
 * adversary. Belongs to one thread.
 */
final class Fingerprint {
  private final CRC32 low = new CRC32();
  private final CRC32C high = new CRC32C();

  long of(EncodedFrame frame) {
    return checksum(high, frame) << 32 | checksum(low, frame);
  }

  private static long checksum(Checksum checksum, EncodedFrame frame) {
    Bytes bytes = frame.bytes();
    int behind = frame.seqOffset() + frame.seqLength();
    checksum.reset();
    checksum.update(bytes.array(), bytes.offset(), frame.seqOffset());
    checksum.update(bytes.array(), bytes.offset() + behind, bytes.length() - behind);
    return checksum.getValue();
  }
}
