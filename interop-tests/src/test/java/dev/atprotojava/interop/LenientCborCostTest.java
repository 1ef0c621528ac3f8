// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborLimits;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cbor.CborWriter;
import dev.atprotojava.cbor.LenientCbor;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What an envelope in another form than the canonical one may cost; here and not beside its reader
 * because the modules of the JDK that count allocation are not those a library reads.
 */
class LenientCborCostTest {
  // Damage: a frame of 125,000 keys in reverse that costs a second of CPU, because each of two
  // million comparisons makes bytes of both its keys. What is allocated tells without a clock: the
  // tree itself, and nothing for each comparison.
  @Test
  void decodeSequence_sortsKeysWithoutGarbagePerComparison() {
    int keys = 125_000;
    CborWriter out = new CborWriter(4 << 20).writeMap(keys);
    for (int i = keys; i > 0; i--) {
      out.writeText("key-%07d".formatted(i)).writeInteger(i % 20);
    }
    Bytes backwards = out.toBytes();
    CborLimits limits = CborLimits.DEFAULT;
    MapValue map = (MapValue) LenientCbor.decodeSequence(backwards, limits).get(0);
    assertThat(map.entries()).hasSize(keys);
    assertThat(List.copyOf(map.entries().keySet())).isSortedAccordingTo(CborValue.KEY_ORDER);

    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    LenientCbor.decodeSequence(backwards, limits);
    long perKey = (threads.getCurrentThreadAllocatedBytes() - before) / keys;
    assertThat(perKey).isBetween(50L, 900L);
  }
}
