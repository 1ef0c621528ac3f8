// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.DataModelJson;
import dev.atprotojava.interop.scenario.Scenario.Entry;
import dev.atprotojava.interop.scenario.Scenario.Event;
import dev.atprotojava.interop.scenario.Scenario.Outcome;
import dev.atprotojava.interop.scenario.Scenario.Step;
import dev.atprotojava.syntax.Did;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Scenarios as JSON. Strict: a field that is not known is a mistake. */
final class ScenarioJson {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String VERSION = "atproto relay scenario 1";

  private ScenarioJson() {}

  static String write(Scenario scenario) {
    ObjectNode root = JSON.createObjectNode();
    root.put("format", VERSION);
    root.put("name", scenario.name());
    root.put("about", scenario.about());
    ArrayNode rules = root.putArray("rules");
    scenario.rules().forEach(rules::add);
    root.put("now", scenario.now().toString());
    root.put("lenient", scenario.lenient());
    ArrayNode steps = root.putArray("steps");
    scenario.steps().forEach(step -> steps.add(write(step)));
    return root.toPrettyString() + "\n";
  }

  private static ObjectNode write(Step step) {
    ObjectNode node = JSON.createObjectNode();
    switch (step) {
      case Step.Directory(Did did, Entry entry) -> {
        node.put("step", "directory").put("did", did.toString());
        if (entry == null) {
          node.put("tombstone", true);
        } else {
          node.put("handle", entry.handle()).put("key", entry.key()).put("pds", entry.pds());
        }
      }
      case Step.Answers(String host, Did did, boolean active, String status) ->
          node.put("step", "answers")
              .put("host", host)
              .put("did", did.toString())
              .put("active", active)
              .put("status", status);
      case Step.Wait(long seconds) -> node.put("step", "wait").put("seconds", seconds);
      case Step.Sends(String host, String note, Bytes message, Outcome outcome) -> {
        node.put("step", "sends").put("host", host).put("note", note);
        node.put("message", Base64.getEncoder().encodeToString(message.toByteArray()));
        write(node, outcome);
      }
      case Step.Holds(Did did, boolean active, String status, String rev) ->
          node.put("step", "holds")
              .put("did", did.toString())
              .put("active", active)
              .put("status", status)
              .put("rev", rev);
    }
    return node;
  }

  private static void write(ObjectNode node, Outcome outcome) {
    switch (outcome) {
      case Outcome.Same() -> node.put("then", "same");
      case Outcome.Dropped(String reason, List<Event> events) -> {
        node.put("then", "dropped").put("reason", reason);
        if (!events.isEmpty()) {
          write(node.putArray("events"), events);
        }
      }
      case Outcome.Ignored() -> node.put("then", "ignored");
      case Outcome.Emitted(List<Event> events) ->
          write(node.put("then", "emitted").putArray("events"), events);
    }
  }

  private static void write(ArrayNode array, List<Event> events) {
    for (Event event : events) {
      ObjectNode object = array.addObject().put("type", event.type());
      object.set("fields", read(DataModelJson.print(event.fields())));
    }
  }

  static Scenario read(Path file) {
    try {
      return scenario(JSON.readTree(Files.readString(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(file.toString(), e);
    }
  }

  private static JsonNode read(String json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Scenario scenario(JsonNode root) {
    if (!text(root, "format").equals(VERSION)) {
      throw new IllegalArgumentException("not a scenario of this version");
    }
    List<String> rules = new ArrayList<>();
    root.required("rules").forEach(rule -> rules.add(rule.textValue()));
    List<Step> steps = new ArrayList<>();
    root.required("steps").forEach(step -> steps.add(step(step)));
    return new Scenario(
        text(root, "name"),
        text(root, "about"),
        rules,
        Instant.parse(text(root, "now")),
        root.required("lenient").booleanValue(),
        steps);
  }

  private static Step step(JsonNode node) {
    String kind = text(node, "step");
    return switch (kind) {
      case "directory" ->
          new Step.Directory(
              did(node),
              node.has("tombstone")
                  ? null
                  : new Entry(text(node, "handle"), optional(node, "key"), optional(node, "pds")));
      case "answers" ->
          new Step.Answers(
              text(node, "host"),
              did(node),
              node.required("active").booleanValue(),
              optional(node, "status"));
      case "wait" -> new Step.Wait(node.required("seconds").longValue());
      case "sends" ->
          new Step.Sends(
              text(node, "host"),
              text(node, "note"),
              Bytes.wrap(Base64.getDecoder().decode(text(node, "message"))),
              outcome(node));
      case "holds" ->
          new Step.Holds(
              did(node),
              node.required("active").booleanValue(),
              optional(node, "status"),
              optional(node, "rev"));
      default -> throw new IllegalArgumentException("no such step: " + kind);
    };
  }

  private static Outcome outcome(JsonNode node) {
    String then = text(node, "then");
    return switch (then) {
      case "same" -> new Outcome.Same();
      case "ignored" -> new Outcome.Ignored();
      case "dropped" -> new Outcome.Dropped(text(node, "reason"), events(node.withArray("events")));
      case "emitted" -> new Outcome.Emitted(events(node.required("events")));
      default -> throw new IllegalArgumentException("no such outcome: " + then);
    };
  }

  private static List<Event> events(JsonNode array) {
    List<Event> events = new ArrayList<>();
    for (JsonNode event : array) {
      String fields = event.required("fields").toString();
      CborValue value = DataModelJson.parse(fields);
      events.add(new Event(text(event, "type"), (CborValue.MapValue) value));
    }
    return events;
  }

  private static Did did(JsonNode node) {
    return Did.parse(text(node, "did"));
  }

  private static String text(JsonNode node, String name) {
    return node.required(name).textValue();
  }

  private static @Nullable String optional(JsonNode node, String name) {
    return node.required(name).textValue();
  }
}
