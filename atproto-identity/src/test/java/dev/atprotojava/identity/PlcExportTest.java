// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.identity.IdentityException.Fault;
import dev.atprotojava.identity.IdentityLookup.Unavailable.Reason;
import dev.atprotojava.testing.Gen;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * ID-77, against a server on loopback that pages as a directory does. An operation that gets lost
 * between two pages is a key that a mirror never hears of.
 */
class PlcExportTest {
  private static final Instant START = PlcLogWriter.START;

  private final LocalServer server = new LocalServer();
  private final HttpFetcher http = HttpFetcher.builder().policy(AddressPolicy.dev()).build();
  private final List<Duration> sleeps = new ArrayList<>();
  private final List<PlcLogEntry> directory = new ArrayList<>();

  PlcExportTest() {
    server.answer(this::answerPage);
  }

  @AfterEach
  void close() {
    http.close();
    server.close();
  }

  /** An operation that no other is; nobody looks at its signature here. */
  private static PlcOperation operation(int number) {
    PlcState state = PlcLogWriter.state("h" + number + ".example.com", 0);
    return new PlcOperation.Regular(state, null, "sig");
  }

  private static PlcLogEntry row(int number, long millis, @Nullable Long seq) {
    PlcOperation operation = operation(number);
    return new PlcLogEntry(
        operation.genesisDid(),
        operation,
        operation.cid(),
        seq == null ? false : null,
        START.plusMillis(millis),
        seq);
  }

  /** Rows at these times, in milliseconds. */
  private void fill(long... millis) {
    for (long each : millis) {
      directory.add(row(directory.size(), each, null));
    }
  }

  private void answerPage(LocalServer.Request request, OutputStream to) throws IOException {
    LocalServer.ok(pageOf(request).map(PlcLogWriter::json).collect(Collectors.joining("\n")))
        .give(request, to);
  }

  private Stream<PlcLogEntry> pageOf(LocalServer.Request request) {
    HttpUrl url = HttpUrl.get(server.url() + request.path());
    String after = url.queryParameter("after");
    int count = Integer.parseInt(Objects.requireNonNull(url.queryParameter("count")));
    return directory.stream().filter(row -> isAfter(row, after)).limit(count);
  }

  private static boolean isAfter(PlcLogEntry row, @Nullable String after) {
    if (after == null) {
      return true;
    }
    return row.seq() == null
        ? row.createdAt().isAfter(Instant.parse(after))
        : row.seq() > Long.parseLong(after);
  }

  private PlcExport export(int pageRows, PlcPosition from) {
    return PlcExport.builder(http)
        .directory(server.url())
        .pageRows(pageRows)
        .from(from)
        .sleeper(sleeps::add, new SplittableRandom(1))
        .build();
  }

  private static List<PlcLogEntry> drain(Iterator<PlcLogEntry> rows) {
    List<PlcLogEntry> all = new ArrayList<>();
    while (rows.hasNext()) {
      all.add(rows.next());
      assertThat(all).as("rows that come again and again").hasSizeLessThan(2_000);
    }
    return all;
  }

  // Pages.

  @Test
  void rows_comeOnceAndInOrder() {
    fill(1, 2, 3, 5, 8, 13, 21);

    assertThat(drain(export(3, PlcPosition.beginning()))).isEqualTo(directory);
    assertThat(server.paths().get(0)).isEqualTo("/export?count=3");
    assertThat(server.paths().get(1))
        .isEqualTo("/export?after=2030-01-01T00%3A00%3A00.002Z&count=4");
  }

  // A whole log is many thousand pages, and the directory has others to serve (ID-16).
  @Test
  void pages_areAskedForAtAPace() {
    fill(1, 2, 3, 4, 5, 6, 7);
    List<PlcLogEntry> rows =
        drain(
            PlcExport.builder(http)
                .directory(server.url())
                .pageRows(3)
                .pagePause(Duration.ofMillis(500))
                .sleeper(sleeps::add, new SplittableRandom(1))
                .build());

    assertThat(rows).isEqualTo(directory);
    assertThat(sleeps).hasSize(server.paths().size() - 1).containsOnly(Duration.ofMillis(500));
  }

  // What a directory commits in one millisecond can lie on both sides of a seam, whose next page
  // begins behind that millisecond.
  @Test
  void rows_ofOneMillisecondAreNotLostAtASeam() {
    fill(1, 2, 2, 2, 2, 2, 3, 3, 4);

    for (int pageRows = 1; pageRows <= 9; pageRows++) {
      assertThat(drain(export(pageRows, PlcPosition.beginning())))
          .as("pages of " + pageRows)
          .isEqualTo(directory);
    }
  }

  @Test
  void rows_thatComeLaterAreFoundByAskingAgain() {
    fill(1, 2);
    PlcExport export = export(10, PlcPosition.beginning());
    drain(export);
    assertThat(export.hasNext()).isFalse();
    assertThatThrownBy(export::next).isInstanceOf(NoSuchElementException.class);

    fill(2, 2, 7); // two more in the millisecond that was read
    assertThat(drain(export)).isEqualTo(directory.subList(2, 5));
  }

  // Else a reader would ask for the same page for ever, or leave rows out without a word.
  @Test
  void rows_ofOneMillisecondThatFillAPageAreAnError() {
    for (int i = 0; i <= PlcExport.MAX_PAGE_ROWS; i++) {
      fill(1);
    }
    PlcExport export = export(PlcExport.MAX_PAGE_ROWS, PlcPosition.beginning());
    for (int i = 0; i < PlcExport.MAX_PAGE_ROWS; i++) {
      export.next();
    }

    assertThatExceptionOfType(PlcExportException.class)
        .isThrownBy(export::hasNext)
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.DOCUMENT_INVALID));
  }

  // Stopped anywhere and resumed from a text, the parts are the whole.
  @Test
  void position_resumesWithoutLossOrRepetition() {
    Gen.forAll(
        40,
        gen -> {
          directory.clear();
          long time = 0;
          int rows = gen.between(1, 30);
          for (int i = 0; i < rows; i++) {
            time += gen.oneIn(2) ? 0 : gen.nextInt(3);
            fill(time);
          }
          List<PlcLogEntry> read = new ArrayList<>();
          String position = PlcPosition.beginning().toString();
          for (int part = 0; part < 1_000 && read.size() < rows; part++) {
            PlcExport export = export(gen.between(1, 5), PlcPosition.parse(position));
            for (int i = gen.nextInt(6); i >= 0 && export.hasNext(); i--) {
              read.add(export.next());
            }
            position = export.position().toString();
          }
          assertThat(read).isEqualTo(directory);
        });
  }

  @Test
  void position_isOfWhatWasHandedOverAndNotOfWhatWasFetched() {
    fill(1, 2, 3);
    PlcExport export = export(3, PlcPosition.beginning());
    export.next();

    assertThat(export.position())
        .isEqualTo(new PlcPosition.ByTime(START.plusMillis(1), Set.of(directory.get(0).cid())));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "seq", "seq x", "seq -1", "seq 1 2", "2030-01-01", "2030-01-01T00:00:00Z x"})
  void position_refusesOtherTexts(String text) {
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(() -> PlcPosition.parse(text))
        .satisfies(e -> assertThat(e.fault()).isEqualTo(Fault.LOG_POSITION));
  }

  // By number.

  @Test
  void sequencedRows_comeByTheirNumbers() {
    for (int i = 0; i < 7; i++) {
      directory.add(row(i, 100 - i, 10L + 3L * i)); // times out of order do no harm
    }
    PlcExport export = export(2, PlcPosition.sequencedBeginning());
    List<PlcLogEntry> read = new ArrayList<>(List.of(export.next(), export.next(), export.next()));

    assertThat(export.position()).hasToString("seq 16");
    read.addAll(drain(export(2, PlcPosition.parse(export.position().toString()))));
    assertThat(read).isEqualTo(directory);
    assertThat(server.paths()).contains("/export?after=0&count=2", "/export?after=16&count=2");
  }

  // A kind of row that is yet to come must not end a mirror.
  @Test
  void sequencedRows_ofAnotherTypeArePassedOver() {
    directory.add(row(1, 1, 3L));
    server.answer(
        (request, to) -> {
          boolean begin = request.path().contains("after=0&");
          String other = "{\"type\":\"sequenced_x\",\"seq\":2}";
          LocalServer.ok(
                  begin
                      ? other
                      : pageOf(request).map(PlcLogWriter::json).collect(Collectors.joining("\n")))
              .give(request, to);
        });

    PlcExport export = export(1, PlcPosition.sequencedBeginning());

    assertThat(drain(export)).isEqualTo(directory);
    assertThat(export.skippedRows()).isZero();
  }

  // Rows.

  @Test
  void rows_thatAreNoneArePassedOverAndCounted() {
    fill(1, 2);
    String first = PlcLogWriter.json(directory.get(0));
    String second = PlcLogWriter.json(directory.get(1));
    String future = second.replace("plc_operation", "plc_next");
    server.answer(
        LocalServer.ok(first + "\n{\"did\":1}\n\n  \r\nnonsense\n" + second + "\r\n" + future));
    PlcExport export = export(10, PlcPosition.beginning());

    assertThat(drain(export)).containsExactlyElementsOf(directory);
    assertThat(export.skippedRows()).isGreaterThanOrEqualTo(2);

    // An operation of a type to come is a row, so that a mirror hears of it.
    server.answer(LocalServer.ok(future));
    assertThat(drain(export(10, PlcPosition.beginning())))
        .singleElement()
        .satisfies(row -> assertThat(row.operation()).isNull());
  }

  // Failures.

  /** Answers in turn, the last one for ever. */
  private void answerInTurn(LocalServer.Answer... answers) {
    List<LocalServer.Answer> left = new ArrayList<>(List.of(answers));
    server.answer(
        (request, to) -> (left.size() > 1 ? left.remove(0) : left.get(0)).give(request, to));
  }

  @Test
  void page_thatFailsIsAskedForAgain() {
    fill(1, 2, 3);
    answerInTurn(
        LocalServer.status(500, ""),
        LocalServer.status(429, "", "Retry-After", "7"),
        LocalServer.raw("HTTP/1.1 200 x\r\nContent-Length: 900\r\n\r\n{\"did\":"), // cut
        LocalServer.ok("<html>maintenance</html>"),
        LocalServer.status(503, "", "Retry-After", "86400"),
        this::answerPage);

    assertThat(drain(export(2, PlcPosition.beginning()))).isEqualTo(directory);

    assertThat(sleeps).hasSize(5);
    assertThat(sleeps.get(0)).isBetween(Duration.ofMillis(800), Duration.ofMillis(1_200));
    assertThat(sleeps.get(1)).isEqualTo(Duration.ofSeconds(7));
    assertThat(sleeps.get(2)).isBetween(Duration.ofMillis(3_200), Duration.ofMillis(4_800));
    assertThat(sleeps.get(3)).isBetween(Duration.ofMillis(6_400), Duration.ofMillis(9_600));
    assertThat(sleeps.get(4)).isEqualTo(Duration.ofMinutes(5)); // a day is believed by nobody
  }

  @Test
  void page_thatFailsForGoodIsAnErrorAndNothingIsLost() {
    fill(1, 2, 3);
    PlcExport export = export(2, PlcPosition.beginning());
    List<PlcLogEntry> read = new ArrayList<>(List.of(export.next(), export.next()));
    server.answer(LocalServer.status(500, ""));

    assertThatExceptionOfType(PlcExportException.class)
        .isThrownBy(export::next)
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.BAD_STATUS));
    assertThat(sleeps).hasSize(7);

    server.answer(this::answerPage);
    read.addAll(drain(export));
    assertThat(read).isEqualTo(directory);
  }

  @Test
  void page_thatIsRefusedIsNotAskedForAgain() {
    server.answer(LocalServer.status(400, ""));

    assertThatThrownBy(() -> export(2, PlcPosition.beginning()).hasNext())
        .isInstanceOf(PlcExportException.class);
    assertThat(server.paths()).hasSize(1);
  }

  @Test
  void wait_endsWithAnInterrupt() {
    server.answer(LocalServer.status(500, ""));
    PlcExport export =
        PlcExport.builder(http)
            .directory(server.url())
            .sleeper(
                time -> {
                  throw new InterruptedException();
                },
                new SplittableRandom(1))
            .build();

    assertThatExceptionOfType(PlcExportException.class)
        .isThrownBy(export::hasNext)
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.INTERRUPTED));
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void builder_refusesWhatCannotBe() {
    PlcExport.Builder builder = PlcExport.builder(http);

    assertThatThrownBy(() -> builder.pageRows(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.pageRows(1_001)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.attempts(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.directory("ftp://a.b"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  // Files.

  private static PlcExportFile file(String lines) {
    return PlcExportFile.of(new ByteArrayInputStream(lines.getBytes(UTF_8)));
  }

  @Test
  void file_givesItsRows() {
    fill(1, 1, 2);
    String lines = directory.stream().map(PlcLogWriter::json).collect(Collectors.joining("\n"));

    assertThat(drain(file(lines))).isEqualTo(directory);
    assertThat(drain(file(lines.replace("\n", "\r\n\r\n") + "\n"))).isEqualTo(directory);
    assertThat(drain(file(""))).isEmpty();

    PlcExportFile torn = file(lines.substring(0, lines.length() - 1));
    assertThat(drain(torn)).isEqualTo(directory.subList(0, 2));
    assertThat(torn.skippedRows()).isEqualTo(1);
    assertThatThrownBy(torn::next).isInstanceOf(NoSuchElementException.class);
  }

  // A line without an end must not fill the memory, nor hide the row behind it.
  @Test
  void file_holdsNoLineThatIsTooLong() {
    fill(1);
    String row = "\n" + PlcLogWriter.json(directory.get(0));
    InputStream endless =
        new InputStream() {
          private int left = 64 * 1024 * 1024;

          @Override
          public int read() {
            throw new AssertionError("not through a buffer");
          }

          @Override
          public int read(byte[] to, int offset, int length) {
            int given = Math.min(left, length);
            left -= given;
            Arrays.fill(to, offset, offset + given, (byte) 'a');
            return given == 0 ? -1 : given;
          }
        };
    PlcExportFile file =
        PlcExportFile.of(
            new SequenceInputStream(endless, new ByteArrayInputStream(row.getBytes(UTF_8))));

    assertThat(drain(file)).isEqualTo(directory);
    assertThat(file.skippedRows()).isEqualTo(1);
  }

  // The limit, to the byte.
  @Test
  void file_takesTheLongestLine() {
    fill(1);
    String row = PlcLogWriter.json(directory.get(0));
    String longest = row + " ".repeat(PlcLogEntry.MAX_BYTES - row.length());

    assertThat(drain(file(longest))).isEqualTo(directory);
    assertThat(drain(file(longest + " "))).isEmpty();
    assertThat(PlcLogEntry.parse(longest.getBytes(UTF_8))).isEqualTo(directory.get(0));
    assertThatThrownBy(() -> PlcLogEntry.parse((longest + " ").getBytes(UTF_8)))
        .isInstanceOf(IdentityException.class);
  }

  @Test
  void file_thatCannotBeReadIsAnError() throws IOException {
    InputStream broken = InputStream.nullInputStream();
    broken.close();

    assertThatThrownBy(() -> PlcExportFile.of(broken).hasNext())
        .isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void rows_ofTheirPageAreAsManyAsAsked() {
    fill(IntStream.range(0, 5).mapToLong(i -> i).toArray());
    PlcExport export = export(2, PlcPosition.beginning());
    export.next();

    assertThat(server.paths()).hasSize(1); // no page ahead of need
  }
}
