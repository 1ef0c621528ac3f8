// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.syntax.RecordPath;

/** One change that the owner of a repository wants. {@link RecordOp} is what came of it. */
public sealed interface RecordWrite {
  /** Which record. */
  RecordPath path();

  /** A record that was not there; {@code block} is its DAG-CBOR. */
  record Create(RecordPath path, Bytes block) implements RecordWrite {}

  /** Another value for a record; {@code block} is its DAG-CBOR. */
  record Update(RecordPath path, Bytes block) implements RecordWrite {}

  /** No record any more. */
  record Delete(RecordPath path) implements RecordWrite {}
}
