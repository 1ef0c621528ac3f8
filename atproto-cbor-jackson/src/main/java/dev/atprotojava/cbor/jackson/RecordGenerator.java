// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor.jackson;

import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.jackson.RecordMappingException.Reason;
import dev.atprotojava.cid.Cid;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/**
 * Jackson's generator, which knows links and refuses numbers and text that the data model does not
 * have (CB-03, CB-05, CB-08) where they are written, so that the failure has a path.
 */
final class RecordGenerator extends JsonGeneratorDelegate {
  private static final int LINK_TAG = 42;

  private final CBORGenerator cbor;

  RecordGenerator(CBORGenerator cbor) {
    super(cbor, false);
    this.cbor = cbor;
  }

  @Override
  public void writeEmbeddedObject(Object object) throws IOException {
    if (object instanceof Cid link) {
      byte[] content = new byte[1 + link.length()];
      link.write(content, 1);
      cbor.writeTag(LINK_TAG);
      cbor.writeBinary(content);
    } else if (object instanceof Bytes bytes) {
      cbor.writeBinary(bytes.array(), bytes.offset(), bytes.length());
    } else {
      super.writeEmbeddedObject(object);
    }
  }

  @Override
  public void writeFieldName(String name) throws IOException {
    requireEncodable(name);
    cbor.writeFieldName(name);
  }

  @Override
  public void writeString(String text) throws IOException {
    if (text != null) { // as Jackson has it: null is written as such
      requireEncodable(text);
    }
    cbor.writeString(text);
  }

  /** Refuses half a surrogate pair with a reason of its own; Jackson would with none. */
  private void requireEncodable(String text) throws IOException {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
          throw new UnwritableValue(this, Reason.SURROGATE);
        }
        return;
      }
    }
  }

  @Override
  public void writeNumber(double value) throws IOException {
    throw new UnwritableValue(this, Reason.FRACTION);
  }

  @Override
  public void writeNumber(float value) throws IOException {
    throw new UnwritableValue(this, Reason.FRACTION);
  }

  @Override
  public void writeNumber(BigDecimal value) throws IOException {
    throw new UnwritableValue(this, Reason.FRACTION);
  }

  @Override
  public void writeNumber(BigInteger value) throws IOException {
    if (value.bitLength() >= Long.SIZE) {
      throw new UnwritableValue(this, Reason.INTEGER_RANGE);
    }
    cbor.writeNumber(value.longValue());
  }

  @Override
  public void writeNumber(String encodedValue) throws IOException {
    throw new UnwritableValue(this, Reason.NO_FORM);
  }
}
