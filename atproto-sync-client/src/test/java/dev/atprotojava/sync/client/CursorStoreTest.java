// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorStoreTest {
  @TempDir Path directory;

  @Test
  void file_keepsTheCursorOfEachStream() throws Exception { // SC-40, SC-44
    Path file = directory.resolve("cursors");
    CursorStore store = CursorStore.file(file);
    assertThat(store.load("wss://a")).isEmpty();
    store.save("wss://a", 5);
    store.save("wss://b", 9_007_199_254_740_991L);
    store.save("wss://a", 6);
    CursorStore again = CursorStore.file(file);
    assertThat(again.load("wss://a")).hasValue(6);
    assertThat(again.load("wss://b")).hasValue(9_007_199_254_740_991L);
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  // Damage: a crash while the file is written leaves half of it.
  @Test
  void file_survivesAWriteThatWasCutShort() throws Exception {
    Path file = directory.resolve("cursors");
    CursorStore.file(file).save("wss://a", 5);
    Files.writeString(directory.resolve("cursors.next"), "6");
    CursorStore store = CursorStore.file(file);
    assertThat(store.load("wss://a")).hasValue(5);
    store.save("wss://a", 7);
    assertThat(CursorStore.file(file).load("wss://a")).hasValue(7);
  }

  // Damage: whoever cannot read where it was begins at the end, and misses everything between.
  @ParameterizedTest
  @ValueSource(strings = {"x wss://a\n", "0 wss://a\n", "5\n", "9007199254740992 wss://a\n"})
  void file_neverForgetsQuietly(String text) throws Exception {
    Path file = directory.resolve("cursors");
    Files.writeString(file, text);
    CursorStore store = CursorStore.file(file);
    assertThatThrownBy(() -> store.load("wss://a")).isInstanceOf(RepoStoreException.class);
    assertThatThrownBy(() -> store.save("wss://a", 1)).isInstanceOf(RepoStoreException.class);
    assertThat(Files.readString(file)).isEqualTo(text);
  }

  @Test
  void save_refusesWhatIsNoCursor() {
    CursorStore store = CursorStore.file(directory.resolve("cursors"));
    assertThatThrownBy(() -> store.save("wss://a", 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.save("a\nb", 1)).isInstanceOf(IllegalArgumentException.class);
  }
}
