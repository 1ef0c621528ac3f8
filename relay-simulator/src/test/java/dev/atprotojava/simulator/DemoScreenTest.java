// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DemoScreenTest {
  private static final DemoStatus.Links LINKS =
      new DemoStatus.Links(
          1,
          URI.create("http://127.0.0.1:39471"),
          URI.create("http://127.0.0.1:40211/metrics"),
          "localhost:41234",
          "/var/folders/" + "x".repeat(100),
          true);

  private static DemoStatus status(int load) {
    Map<String, Long> drops = new TreeMap<>();
    for (int i = 0; i < load; i++) {
      drops.put("SOME_REASON_" + i, 1_000L * i);
    }
    return new DemoStatus(
        load * 10_000L,
        load * 1_000_000_000L,
        load * 1_000_000_000L,
        load * 10_000,
        load * 10_000,
        load * 0.7,
        load * 700,
        0,
        load,
        load,
        load == 0 ? -1 : load,
        load == 0 ? Map.of() : Map.of("active", 3000L, "throttled", 20L),
        drops,
        Collections.nCopies(load * 6, (double) load),
        Collections.nCopies(load, "y".repeat(200)),
        LINKS);
  }

  /** Damage: a line that wraps or a screen that scrolls, which makes the view jump. */
  @Test
  void draw_anyStatus_fitsTheScreen() {
    for (int load : new int[] {0, 1, 9, 12}) {
      for (boolean unicode : new boolean[] {true, false}) {
        List<String> lines = new DemoScreen(false, unicode).draw(status(load));
        assertThat(lines).hasSizeLessThanOrEqualTo(DemoScreen.ROWS);
        assertThat(lines)
            .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(DemoScreen.COLUMNS));
      }
    }
  }

  /** Damage: colours that change what is said, or what is said only by a colour. */
  @Test
  void draw_withColours_saysTheSame() {
    String plain = String.join("\n", new DemoScreen(false, true).draw(status(3)));
    String coloured = String.join("\n", new DemoScreen(true, true).draw(status(3)));
    assertThat(plain).doesNotContain("\033");
    assertThat(coloured).contains("\033[");
    assertThat(coloured.replaceAll("\033\\[[0-9]+m", "")).isEqualTo(plain);
  }

  /** Damage: question marks in a terminal that cannot show more than ASCII. */
  @Test
  void draw_withoutUnicode_isAscii() {
    String screen = String.join("\n", new DemoScreen(false, false).draw(status(5)));
    assertThat(StandardCharsets.US_ASCII.newEncoder().canEncode(screen)).isTrue();
  }

  /** Damage: a view without the addresses that make it worth a try. */
  @Test
  void draw_namesWhatToTry() {
    assertThat(String.join("\n", new DemoScreen(false, true).draw(status(2))))
        .contains("ws://127.0.0.1:39471/xrpc/com.atproto.sync.subscribeRepos")
        .contains("R=http://127.0.0.1:39471")
        .contains("curl $R/xrpc/com.atproto.sync.listHosts")
        .contains("getHostStatus?hostname=localhost:41234")
        .contains("http://127.0.0.1:40211/metrics")
        .contains("Ctrl-C")
        .contains("SOME_REASON_1 1000");
  }
}
