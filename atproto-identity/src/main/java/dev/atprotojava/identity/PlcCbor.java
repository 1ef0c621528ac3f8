// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborValue.ArrayValue;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cbor.CborValue.NullValue;
import dev.atprotojava.cbor.CborValue.TextValue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The bytes that operations of did:plc are signed and named by (ID-72, ID-73). */
final class PlcCbor {
  private PlcCbor() {}

  static Bytes encode(PlcOperation operation, boolean signed) {
    Map<String, CborValue> fields = fields(operation);
    if (signed) {
      fields.put("sig", text(operation.sig()));
    }
    return new MapValue(fields).encode();
  }

  private static Map<String, CborValue> fields(PlcOperation operation) {
    Map<String, CborValue> fields = new HashMap<>();
    // A text, not a link: the operations are older than the links would be.
    fields.put("prev", textOrNull(operation.prev()));
    switch (operation) {
      case PlcOperation.Regular regular -> {
        PlcState state = regular.state();
        fields.put("type", text("plc_operation"));
        fields.put("rotationKeys", texts(state.rotationKeys()));
        fields.put("verificationMethods", map(state.verificationMethods(), PlcCbor::text));
        fields.put("alsoKnownAs", texts(state.alsoKnownAs()));
        fields.put("services", map(state.services(), PlcCbor::service));
      }
      case PlcOperation.LegacyCreate create -> {
        fields.put("type", text("create"));
        fields.put("signingKey", text(create.signingKey()));
        fields.put("recoveryKey", text(create.recoveryKey()));
        fields.put("handle", text(create.handle()));
        fields.put("service", text(create.service()));
      }
      case PlcOperation.Tombstone tombstone -> fields.put("type", text("plc_tombstone"));
    }
    return fields;
  }

  private static CborValue service(PlcState.Service service) {
    return new MapValue(Map.of("type", text(service.type()), "endpoint", text(service.endpoint())));
  }

  private static CborValue text(String text) {
    return new TextValue(text);
  }

  private static CborValue textOrNull(@Nullable String text) {
    return text == null ? new NullValue() : new TextValue(text);
  }

  private static CborValue texts(List<String> texts) {
    return new ArrayValue(texts.stream().map(PlcCbor::text).toList());
  }

  private static <V> CborValue map(Map<String, V> map, Function<V, CborValue> value) {
    Map<String, CborValue> values = new HashMap<>();
    map.forEach((name, each) -> values.put(name, value.apply(each)));
    return new MapValue(values);
  }
}
