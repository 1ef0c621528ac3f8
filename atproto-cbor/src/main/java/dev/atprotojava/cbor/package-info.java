// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * Strict DAG-CBOR, the form of every signed and hashed byte of the protocol: exactly what the
 * specification allows is read, and exactly one form is written.
 *
 * <p>Start with {@link dev.atprotojava.cbor.CborValue} for values as a tree, with {@link
 * dev.atprotojava.cbor.CborReader} for reading without garbage. {@link
 * dev.atprotojava.cbor.CborWriter} is the other direction, and {@link
 * dev.atprotojava.cbor.DataModelJson} the same data as JSON. {@link dev.atprotojava.cbor.Bytes} is
 * how bytes travel: a slice of an array that nobody writes to any more.
 *
 * <p>No class here has threads, clocks, files or sockets. Readers and writers are not thread-safe
 * and made to be reused; values are immutable.
 */
@NullMarked
package dev.atprotojava.cbor;

import org.jspecify.annotations.NullMarked;
