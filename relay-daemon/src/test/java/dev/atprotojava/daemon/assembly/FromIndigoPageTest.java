// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.assembly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cbor.DataModelJson;
import dev.atprotojava.daemon.admin.GoneRoutes;
import dev.atprotojava.daemon.config.BadSettingException;
import dev.atprotojava.daemon.config.ForeignVariables;
import dev.atprotojava.daemon.config.Setting;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who moves from another relay goes by this page; it must say what happens. */
@Timeout(120)
class FromIndigoPageTest {
  private static final Path PAGE =
      Path.of(System.getProperty("project.root"), "docs", "operate", "from-indigo.md");
  private static final Pattern ROUTE =
      Pattern.compile("(?m)^\\| `(GET|POST)` \\| `([^`]+)` \\| ([^|]+) \\| (.*) \\|$");
  private static final Pattern VARIABLES =
      Pattern.compile("(?m)^\\| `--[^|]+\\| ((?:`[A-Z_]+` ?)+)\\| ([^|]+) \\|");

  private static List<MatchResult> rows(Pattern pattern) throws IOException {
    return pattern.matcher(Files.readString(PAGE)).results().toList();
  }

  @Test
  void routes_answerWhatThePageSays(@TempDir Path data) throws Exception {
    List<MatchResult> rows = rows(ROUTE);
    assertThat(rows).hasSizeGreaterThan(40);
    try (RunningDaemon relay = RunningDaemon.start(data, "http://127.0.0.1:9", Map.of())) {
      for (MatchResult row : rows) {
        HttpResponse<String> answer = ask(relay, row.group(1), row.group(2));
        String error = error(answer, "error");
        boolean unknown =
            Set.of("NotFound", "MethodNotAllowed", "MethodNotImplemented", "Gone").contains(error);

        switch (row.group(3)) {
          case "works" -> {
            assertThat(unknown).as("%s: %s", row.group(2), answer.body()).isFalse();
          }
          case "410" -> {
            assertThat(answer.statusCode()).as(row.group(2)).isEqualTo(410);
            assertThat(error(answer, "message")).isEqualTo(row.group(4));
          }
          case "not there" -> {
            assertThat(unknown).as("%s: %s", row.group(2), answer.body()).isTrue();
            assertThat(row.group(4)).startsWith(Integer.toString(answer.statusCode()));
          }
          default -> throw new AssertionError(row.group());
        }
      }
      relay.stop();
    }
  }

  private static HttpResponse<String> ask(RunningDaemon relay, String method, String path)
      throws Exception {
    return relay.send(
        relay
            .request(path)
            .header("Authorization", RunningDaemon.basic("admin", RunningDaemon.PASSWORD))
            .header("Content-Type", "application/json")
            .method(
                method,
                method.equals("GET") ? BodyPublishers.noBody() : BodyPublishers.ofString("{}")));
  }

  private static String error(HttpResponse<String> answer, String field) {
    boolean isJson = answer.body().startsWith("{");
    return isJson
        ? String.valueOf(((MapValue) DataModelJson.parse(answer.body())).findText(field))
        : "";
  }

  @Test
  void routes_thatAreGoneAreAllOnThePage() throws IOException {
    List<String> told =
        rows(ROUTE).stream()
            .filter(row -> row.group(3).equals("410"))
            .map(row -> row.group(1) + " " + row.group(2))
            .toList();

    assertThat(told)
        .containsExactlyInAnyOrderElementsOf(
            GoneRoutes.all().stream().map(gone -> gone.method() + " " + gone.path()).toList());
  }

  @Test
  void variables_doWhatThePageSays() throws IOException {
    List<String> known =
        Arrays.stream(Setting.values()).flatMap(each -> each.variables().stream()).toList();
    List<MatchResult> rows = rows(VARIABLES);
    assertThat(rows).hasSizeGreaterThan(20);
    for (MatchResult row : rows) {
      for (String quoted : row.group(1).strip().split(" ", -1)) {
        String name = quoted.replace("`", "");
        switch (row.group(2)) {
          case "works" -> assertThat(known).contains(name);
          case "no effect" -> {
            assertThat(known).doesNotContain(name);
            assertThat(ForeignVariables.check(Map.of(name, "true")))
                .as(name)
                .hasSize(name.startsWith("RELAY_") ? 1 : 0);
          }
          case "stops the start" ->
              assertThatThrownBy(() -> ForeignVariables.check(Map.of(name, "true")))
                  .as(name)
                  .isInstanceOf(BadSettingException.class);
          default -> throw new AssertionError(row.group());
        }
      }
    }
  }

  /** Scripts that start the older daemon. */
  @Test
  void flags_ofTheOlderDaemonAreOnThePage() throws IOException {
    String page = Files.readString(PAGE);
    for (Setting setting : Setting.values()) {
      for (String flag : setting.olderFlags()) {
        assertThat(page).contains("`" + setting.flag() + "`, of the older daemon `" + flag + "`");
      }
    }
  }
}
