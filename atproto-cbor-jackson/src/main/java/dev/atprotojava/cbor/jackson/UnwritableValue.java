// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor.jackson;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonMappingException;
import dev.atprotojava.cbor.jackson.RecordMappingException.Reason;

/** What our generator tells Jackson, which adds the path. */
final class UnwritableValue extends JsonMappingException {
  private static final long serialVersionUID = 1;

  private final Reason reason;

  UnwritableValue(JsonGenerator out, Reason reason) {
    super(out, reason.toString());
    this.reason = reason;
  }

  Reason reason() {
    return reason;
  }
}
