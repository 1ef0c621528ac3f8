// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor;

/** The types of the data model (CB-01). */
public enum CborType {
  INTEGER,
  BYTES,
  TEXT,
  ARRAY,
  MAP,
  LINK,
  BOOLEAN,
  NULL,
}
