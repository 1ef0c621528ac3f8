// SPDX-License-Identifier: MIT OR Apache-2.0
/** What the tests of all modules share: the seeded generator, and the check of READMEs. */
@NullMarked
package dev.atprotojava.testing;

import org.jspecify.annotations.NullMarked;
