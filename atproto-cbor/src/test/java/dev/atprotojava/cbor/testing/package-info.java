// SPDX-License-Identifier: MIT OR Apache-2.0
/** Random values of the data model, and random encodings of them, for the tests of all modules. */
@NullMarked
package dev.atprotojava.cbor.testing;

import org.jspecify.annotations.NullMarked;
