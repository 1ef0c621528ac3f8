// SPDX-License-Identifier: MIT OR Apache-2.0
/** Checks that the pages say what the code does. */
@NullMarked
package dev.atprotojava.docs;

import org.jspecify.annotations.NullMarked;
