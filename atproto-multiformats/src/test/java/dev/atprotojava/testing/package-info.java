// SPDX-License-Identifier: MIT OR Apache-2.0
/** The seeded generator that the property tests of all modules share. */
@NullMarked
package dev.atprotojava.testing;

import org.jspecify.annotations.NullMarked;
