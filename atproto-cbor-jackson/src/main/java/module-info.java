// SPDX-License-Identifier: MIT OR Apache-2.0
import org.jspecify.annotations.NullMarked;

/** Records as Java objects or JSON trees through Jackson. */
@NullMarked
module dev.atprotojava.cbor.jackson {
  requires static org.jspecify;
  requires com.fasterxml.jackson.core;
  requires transitive com.fasterxml.jackson.databind;
  requires transitive com.fasterxml.jackson.dataformat.cbor;
  requires transitive dev.atprotojava.cbor;

  exports dev.atprotojava.cbor.jackson;
}
