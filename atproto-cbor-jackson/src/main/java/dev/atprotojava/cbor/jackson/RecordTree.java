// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor.jackson;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.POJONode;
import dev.atprotojava.cbor.Blob;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cid.Cid;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What JSON has no node for: in a tree that {@link RecordMapper#readTree} reads or {@link
 * RecordMapper#write} writes, a link is a {@link POJONode} with a {@link Cid}, and a byte string a
 * {@link com.fasterxml.jackson.databind.node.BinaryNode}. Whoever wants {@code $link} and {@code
 * $bytes} wants {@link dev.atprotojava.cbor.DataModelJson}.
 */
public final class RecordTree {
  private RecordTree() {}

  /** The node of a link. */
  public static JsonNode link(Cid cid) {
    return JsonNodeFactory.instance.pojoNode(cid);
  }

  /** The link that a node is, or null if it is none. */
  public static @Nullable Cid findLink(@Nullable JsonNode node) {
    return node instanceof POJONode pojo && pojo.getPojo() instanceof Cid cid ? cid : null;
  }

  /** The blob that a node is, in either form, or null if it is none (JSON-08, JSON-09). */
  public static @Nullable Blob findBlob(@Nullable JsonNode node) {
    if (!(node instanceof ObjectNode map) || map.size() > 4) {
      return null;
    }
    Map<String, CborValue> entries = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      CborValue value = scalar(entry.getValue());
      if (value == null || !isEncodable(entry.getKey())) {
        return null;
      }
      entries.put(entry.getKey(), value);
    }
    return Blob.find(new MapValue(entries));
  }

  private static boolean isEncodable(String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  /** What a field of a blob can be. */
  private static @Nullable CborValue scalar(JsonNode node) {
    Cid link = findLink(node);
    if (link != null) {
      return CborValue.of(link);
    }
    if (node.isTextual() && isEncodable(node.textValue())) {
      return CborValue.of(node.textValue());
    }
    return node.isIntegralNumber() && node.canConvertToLong()
        ? CborValue.of(node.longValue())
        : null;
  }
}
