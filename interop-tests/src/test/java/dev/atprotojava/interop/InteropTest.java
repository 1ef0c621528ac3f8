// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;

/** The program as a CI job meets it. Damage: a failure that ends with 0. */
class InteropTest {
  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String line) {
    return Interop.run(
        new PrintWriter(out),
        new PrintWriter(err),
        line.isEmpty() ? new String[0] : line.split(" "));
  }

  /** Two good cases, and as many that are not as one wants. */
  private String vectors(int bad) throws IOException {
    Path folder = directory.resolve("atproto-interop-tests/syntax");
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve("tid_syntax_valid.txt"),
        "3jzfcijpj2z2a\n3jzfcijpj2z2b\n" + "bad \u0001 <&\n".repeat(bad));
    return "--vectors " + directory;
  }

  /** Damage: somebody's build is told that its vectors are broken, because this program is. */
  @Test
  void faultOfItsOwn_isSeventy_andSaysWhere() throws IOException {
    Writer broken =
        new StringWriter() {
          @Override
          public void write(String text, int offset, int length) {
            throw new IllegalStateException("no paper");
          }
        };
    int code = Interop.run(new PrintWriter(broken), new PrintWriter(err), vectors(0).split(" "));
    assertThat(code).isEqualTo(70);
    assertThat(err.toString()).contains("no paper", "InteropTest");
  }

  @Test
  void help_saysHow() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("--vectors", "--host", "Exit codes");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--vectors",
        "--vectors /nowhere/at/all",
        "--vectors . --host example.com",
        "--host ws://localhost:1",
        "--host https://example.com/path",
        "--host example.com --seconds 0",
        "--host example.com --cursor -1",
        "--host example.com --plc http://plc.example.com",
        "--vectors . --format xml",
        "--what",
      })
  void misuse_isTwo_andSaysWhy(String line) {
    assertThat(run(line)).isEqualTo(2);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).startsWith("relay interop: ").contains("Try 'relay interop --help'");
  }

  @Test
  void directoryWithoutVectors_isMisuse() {
    assertThat(run("--vectors " + directory)).isEqualTo(2);
  }

  @Test
  void allGood_isZero() throws IOException {
    assertThat(run(vectors(0))).isZero();
    assertThat(out.toString()).contains("tid_syntax_valid.txt").endsWith("2 checked, 0 broken\n");
  }

  @Test
  void aBadOne_isOne_inText() throws IOException {
    assertThat(run(vectors(1))).isEqualTo(1);
    assertThat(out.toString()).contains("FAILED", "3: bad ? <&: ").endsWith("1 broken\n");
  }

  @Test
  void aBadOne_isOne_inJson() throws IOException {
    assertThat(run(vectors(1) + " --format json")).isEqualTo(1);
    JsonNode json = new ObjectMapper().readTree(out.toString());
    assertThat(json.get("passed").booleanValue()).isFalse();
    assertThat(json.get("checked").intValue()).isEqualTo(3);
    assertThat(json.get("rows").get(0).get("findings")).hasSize(1);
  }

  // Damage: XML that a CI system cannot read, for a character in the name of a case.
  @Test
  void aBadOne_isOne_inXml_toAFile() throws Exception {
    Path file = directory.resolve("report.xml");
    assertThat(run(vectors(1) + " --format junit --output " + file)).isEqualTo(1);
    assertThat(out.toString()).isEmpty();
    Element suites =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(
                new ByteArrayInputStream(Files.readString(file).getBytes(StandardCharsets.UTF_8)))
            .getDocumentElement();
    Element suite = (Element) suites.getElementsByTagName("testsuite").item(0);
    assertThat(suite.getAttribute("tests")).isEqualTo("3");
    assertThat(suite.getAttribute("failures")).isEqualTo("1");
    assertThat(suite.getElementsByTagName("testcase").getLength()).isEqualTo(3);
    assertThat(suite.getElementsByTagName("failure").getLength()).isEqualTo(1);
  }

  @Test
  void aFileThatNobodyClaims_isTold_andFailsIfStrict() throws IOException {
    Files.createDirectories(directory.resolve("new"));
    Files.writeString(directory.resolve("new/set.json"), "[]");
    String line = vectors(0);
    assertThat(run(line)).isZero();
    assertThat(out.toString()).containsPattern("new/set.json +nobody claims this file");
    assertThat(run(line + " --strict")).isEqualTo(1);
  }

  @Test
  void aHostThatIsNotThere_isOne() {
    assertThat(run("--host ws://127.0.0.1:1 --dev --seconds 1 --plc http://127.0.0.1:1"))
        .isEqualTo(1);
    assertThat(err.toString()).startsWith("relay interop: cannot follow ws://127.0.0.1:1");
  }
}
