// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborReader;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborValue.BooleanValue;
import dev.atprotojava.cbor.CborValue.IntegerValue;
import dev.atprotojava.cbor.CborValue.LinkValue;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cbor.CborValue.TextValue;
import dev.atprotojava.cid.Cid;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Messages of the stream from their fields, and what the codec makes of them. */
final class Messages {
  private static final Map<String, CborValue> COMMIT;
  private static final Map<String, CborValue> SYNC;

  static {
    SampleRepo repo = new SampleRepo();
    repo.commit();
    COMMIT =
        ((MapValue) split(repo.put("com.example.record/a", "hi").commit().frame())[1]).entries();
    SYNC = ((MapValue) split(repo.sync().frame())[1]).entries();
  }

  private Messages() {}

  static CborValue text(String text) {
    return new TextValue(text);
  }

  static CborValue integer(long value) {
    return new IntegerValue(value);
  }

  static CborValue bool(boolean value) {
    return new BooleanValue(value);
  }

  /** A field that must be there. */
  static CborValue field(Map<String, CborValue> fields, String name) {
    return Objects.requireNonNull(fields.get(name), name);
  }

  /** A field that must be there and be a link. */
  static Cid link(Map<String, CborValue> fields, String name) {
    return ((LinkValue) field(fields, name)).value();
  }

  static MapValue header(String type) {
    return new MapValue(Map.of("op", integer(1), "t", text(type)));
  }

  static Bytes frame(String type, Map<String, CborValue> body) {
    return frame(header(type), new MapValue(body));
  }

  /** Any two values, one behind the other. */
  static Bytes frame(CborValue header, CborValue body) {
    return join(header.encode(), body.encode());
  }

  static Bytes join(Bytes... parts) {
    int length = 0;
    for (Bytes part : parts) {
      length += part.length();
    }
    byte[] all = new byte[length];
    int at = 0;
    for (Bytes part : parts) {
      at = part.write(all, at);
    }
    return Bytes.wrap(all);
  }

  /** A frame of a type with fields that are all there and all right. */
  static Map<String, CborValue> fields(String type) {
    Map<String, CborValue> fields = new TreeMap<>();
    fields.put("seq", integer(7));
    fields.put("did", text(SampleRepo.DID.toString()));
    fields.put("time", text(SampleRepo.TIME));
    switch (type) {
      case "#commit" -> {
        return new TreeMap<>(COMMIT);
      }
      case "#sync" -> {
        return new TreeMap<>(SYNC);
      }
      case "#identity" -> fields.put("handle", text("alice.test"));
      case "#account" -> {
        fields.put("active", bool(false));
        fields.put("status", text("deactivated"));
      }
      case "#info" -> {
        fields.clear();
        fields.put("name", text("OutdatedCursor"));
        fields.put("message", text("gone"));
      }
      default -> throw new IllegalArgumentException(type);
    }
    return fields;
  }

  /** Header and body of a frame. */
  static CborValue[] split(Bytes frame) {
    CborReader in = new CborReader().reset(frame);
    CborValue header = CborValue.read(in);
    CborValue body = CborValue.read(in);
    in.requireEnd();
    return new CborValue[] {header, body};
  }

  static Frame decode(Bytes frame) {
    return new FrameCodec().decode(frame);
  }

  static RepoEvent event(Bytes frame) {
    Frame decoded = decode(frame);
    assertThat(decoded).isInstanceOf(Frame.Message.class);
    return ((Frame.Message) decoded).event();
  }

  static FrameFault faultOf(Bytes frame) {
    FrameException refused = catchThrowableOfType(FrameException.class, () -> decode(frame));
    assertThat(refused).as("accepted").isNotNull();
    assertThat(refused.getStackTrace()).isEmpty();
    return refused.fault();
  }
}
