// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor.jackson;

import com.fasterxml.jackson.core.Base64Variant;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import com.fasterxml.jackson.dataformat.cbor.CBORParser;
import dev.atprotojava.cid.Cid;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Jackson's parser, for which a link is a {@link Cid} and no longer bytes with a tag (CB-13).
 *
 * <p>As an embedded object a link survives wherever Jackson keeps tokens for later, as it does for
 * types that a field further down decides; the tag would not. The bytes have been checked: the only
 * tag there is that of a link.
 */
final class LinkParser extends JsonParserDelegate {
  private final CBORParser cbor;

  LinkParser(CBORParser cbor) {
    super(cbor);
    this.cbor = cbor;
  }

  private boolean atLink() {
    return cbor.currentToken() == JsonToken.VALUE_EMBEDDED_OBJECT
        && !cbor.getCurrentTags().isEmpty();
  }

  @Override
  public Object getEmbeddedObject() throws IOException {
    if (!atLink()) {
      return cbor.getEmbeddedObject();
    }
    byte[] content = cbor.getBinaryValue();
    return Cid.decodeAny(content, 1, content.length - 1); // behind the zero in front
  }

  @Override
  public byte[] getBinaryValue(Base64Variant variant) throws IOException {
    requireNoLink();
    return cbor.getBinaryValue(variant);
  }

  @Override
  public int readBinaryValue(Base64Variant variant, OutputStream out) throws IOException {
    requireNoLink();
    return cbor.readBinaryValue(variant, out);
  }

  private void requireNoLink() throws IOException {
    if (atLink()) {
      throw new MismatchedRecord(this, "a link where bytes belong");
    }
  }
}
