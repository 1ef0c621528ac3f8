// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.syntax.RecordPath;

/** One change that the owner of a repository wants. */
public sealed interface RecordWrite {
  /** Which record. */
  RecordPath path();

  /** A record that was not there. */
  record Create(RecordPath path, Bytes block) implements RecordWrite {}

  /** Another value for a record. */
  record Update(RecordPath path, Bytes block) implements RecordWrite {}

  /** No record any more. */
  record Delete(RecordPath path) implements RecordWrite {}
}
