// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class CursorTest {
  // SC-40: 0 is not a place in the stream, it means all of it.
  @Test
  void after_takesASeq() {
    assertThat(new Cursor.After(1).seq()).isEqualTo(1);
    assertThat(new Cursor.After(SyncLimits.MAX_SEQ).seq()).isEqualTo((1L << 53) - 1);
    for (long seq : new long[] {0, -1, 1L << 53}) {
      assertThatThrownBy(() -> new Cursor.After(seq)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
