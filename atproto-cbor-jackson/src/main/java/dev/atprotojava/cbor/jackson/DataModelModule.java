// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor.jackson;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import dev.atprotojava.cbor.Blob;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import java.io.IOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The types of the data model that Java does not have: a link is a {@link Cid}, a byte string a
 * {@link Bytes} or {@code byte[]}, and a blob in either form a {@link Blob} (JSON-08, JSON-09).
 */
final class DataModelModule extends SimpleModule {
  private static final long serialVersionUID = 1;

  DataModelModule() {
    super("dev.atprotojava.cbor.jackson");
    addSerializer(new EmbeddedSerializer<>(Cid.class));
    addSerializer(new EmbeddedSerializer<>(Bytes.class));
    addSerializer(new BlobSerializer());
    addDeserializer(Cid.class, new EmbeddedDeserializer<>(Cid.class, DataModelModule::asLink));
    addDeserializer(Bytes.class, new EmbeddedDeserializer<>(Bytes.class, DataModelModule::asBytes));
    // Jackson's own takes text for base64.
    addDeserializer(
        byte[].class, new EmbeddedDeserializer<>(byte[].class, DataModelModule::asArray));
    addDeserializer(String.class, new TextDeserializer());
    addDeserializer(Blob.class, new BlobDeserializer());
  }

  private static @Nullable Cid asLink(Object object) {
    return object instanceof Cid link ? link : null;
  }

  private static @Nullable Bytes asBytes(Object object) {
    return object instanceof byte[] bytes ? Bytes.wrap(bytes) : asBytesAlready(object);
  }

  private static @Nullable Bytes asBytesAlready(Object object) {
    return object instanceof Bytes bytes ? bytes : null;
  }

  private static byte @Nullable [] asArray(Object object) {
    return object instanceof byte[] bytes ? bytes : null;
  }

  /** Hands a value to the generator as it is: to ours, or to one that keeps tokens for later. */
  private static final class EmbeddedSerializer<T> extends StdSerializer<T> {
    private static final long serialVersionUID = 1;

    EmbeddedSerializer(Class<T> type) {
      super(type);
    }

    @Override
    public void serialize(T value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeEmbeddedObject(value);
    }
  }

  /** Takes a value that the parser has as an object, and no text or number in its place. */
  private static final class EmbeddedDeserializer<T> extends StdDeserializer<T> {
    private static final long serialVersionUID = 1;

    private final transient Function<Object, @Nullable T> convert;

    EmbeddedDeserializer(Class<T> type, Function<Object, @Nullable T> convert) {
      super(type);
      this.convert = convert;
    }

    @Override
    public T deserialize(JsonParser in, DeserializationContext context) throws IOException {
      if (in.currentToken() == JsonToken.VALUE_EMBEDDED_OBJECT) {
        T value = convert.apply(in.getEmbeddedObject());
        if (value != null) {
          return value;
        }
      }
      throw new MismatchedRecord(in, "not a " + handledType().getSimpleName());
    }
  }

  /**
   * Takes text, and not a number, a truth value, or bytes for their base64, as Jackson's own does.
   */
  private static final class TextDeserializer extends StdDeserializer<String> {
    private static final long serialVersionUID = 1;

    TextDeserializer() {
      super(String.class);
    }

    @Override
    public String deserialize(JsonParser in, DeserializationContext context) throws IOException {
      if (in.currentToken() != JsonToken.VALUE_STRING) {
        throw new MismatchedRecord(in, "not text");
      }
      return in.getText();
    }
  }

  private static final class BlobSerializer extends StdSerializer<Blob> {
    private static final long serialVersionUID = 1;

    BlobSerializer() {
      super(Blob.class);
    }

    @Override
    public void serialize(Blob blob, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeStartObject(blob);
      if (blob.isLegacy()) {
        out.writeStringField("cid", blob.ref().toString());
      } else {
        out.writeStringField("$type", "blob");
        out.writeFieldName("ref");
        out.writeEmbeddedObject(blob.ref());
        out.writeNumberField("size", blob.size());
      }
      out.writeStringField("mimeType", blob.mimeType());
      out.writeEndObject();
    }
  }

  private static final class BlobDeserializer extends StdDeserializer<Blob> {
    private static final long serialVersionUID = 1;

    BlobDeserializer() {
      super(Blob.class);
    }

    @Override
    public Blob deserialize(JsonParser in, DeserializationContext context) throws IOException {
      JsonNode node = context.readTree(in);
      Blob blob = node instanceof ObjectNode map ? RecordTree.findBlob(map) : null;
      if (blob == null) {
        throw new MismatchedRecord(in, "not a Blob");
      }
      return blob;
    }
  }
}
