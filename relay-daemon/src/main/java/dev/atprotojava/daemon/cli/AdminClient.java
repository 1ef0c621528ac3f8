// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.cli;

import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cbor.DataModelJson;
import dev.atprotojava.cbor.JsonException;
import dev.atprotojava.daemon.operate.OperatorMethods;
import dev.atprotojava.relay.RelayException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A client of the methods {@code dev.atprotojava.relay.*} of a relay that runs. What goes wrong
 * becomes a sentence that says what to do.
 */
final class AdminClient implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final int PAGE = 1000;

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT).build();
  private final URI relay;
  private final String password;

  /**
   * A client.
   *
   * @param relay the address of its API
   * @param password of an administrator
   */
  AdminClient(URI relay, String password) {
    this.relay = relay;
    this.password = password;
  }

  /** Asks a query. */
  MapValue query(String name, Map<String, String> parameters) {
    String query =
        parameters.entrySet().stream()
            .map(each -> each.getKey() + "=" + encoded(each.getValue()))
            .collect(Collectors.joining("&"));
    return send(request(name, query).GET());
  }

  /**
   * Asks a query that answers in pages, until there is no more or there were enough.
   *
   * @param list the name of the list in each page
   * @param most how many elements at most
   */
  void list(String name, String list, long most, Consumer<MapValue> each) {
    long left = most;
    String cursor = "";
    do {
      int limit = (int) Math.min(PAGE, left);
      Map<String, String> page =
          cursor.isEmpty()
              ? Map.of("limit", Integer.toString(limit))
              : Map.of("limit", Integer.toString(limit), "cursor", cursor);
      MapValue answer = query(name, page);
      List<CborValue> elements = answer.findArray(list);
      if (elements == null) {
        throw notOurs();
      }
      elements.forEach(element -> each.accept((MapValue) element));
      left -= elements.size();
      String next = answer.findText("cursor");
      cursor = next == null || elements.isEmpty() ? "" : next;
    } while (!cursor.isEmpty() && left > 0);
  }

  /** Calls a procedure. */
  MapValue call(String name, MapValue input) {
    return send(
        request(name, "")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(DataModelJson.print(input))));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private HttpRequest.Builder request(String name, String query) {
    String path = "/xrpc/" + OperatorMethods.AUTHORITY + name;
    return HttpRequest.newBuilder(relay.resolve(query.isEmpty() ? path : path + "?" + query))
        .timeout(ANSWER)
        .header("Authorization", "Bearer " + password);
  }

  private MapValue send(HttpRequest.Builder request) {
    HttpResponse<String> answer;
    try {
      answer = http.send(request.build(), BodyHandlers.ofString());
    } catch (ConnectException e) {
      throw RelayException.refused(
          "there is no relay at "
              + relay
              + " (nobody listens). Start it, or give its address by --url or RELAY_ADMIN_URL.");
    } catch (IOException e) {
      throw RelayException.refused(
          "the relay at " + relay + " does not answer: " + e.getClass().getSimpleName() + ".");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw RelayException.refused("interrupted.");
    }
    if (answer.statusCode() == 401) {
      throw RelayException.refused(
          "the relay at "
              + relay
              + " does not accept this password. Give the right one by RELAY_ADMIN_PASSWORD or"
              + " --admin-password-file.");
    }
    MapValue body;
    try {
      body = (MapValue) DataModelJson.parse(answer.body());
    } catch (JsonException | ClassCastException e) {
      throw notOurs();
    }
    if (answer.statusCode() != 200) {
      String error = body.findText("error");
      if (error == null || error.equals("MethodNotImplemented")) {
        throw notOurs();
      }
      throw RelayException.refused(error + ": " + body.findText("message") + ".");
    }
    return body;
  }

  private RelayException notOurs() {
    return RelayException.refused(
        "what answers at " + relay + " is not this relay, or another version of it.");
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
