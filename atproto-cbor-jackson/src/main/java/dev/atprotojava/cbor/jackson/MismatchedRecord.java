// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor.jackson;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonMappingException;

/** What our deserializers tell Jackson, which adds the path; becomes MISMATCH. */
final class MismatchedRecord extends JsonMappingException {
  private static final long serialVersionUID = 1;

  MismatchedRecord(JsonParser in, String message) {
    super(in, message);
  }
}
