// SPDX-License-Identifier: MIT OR Apache-2.0
/** Breaks the rules of the protocol in a copy of the code, and looks whether their tests notice. */
@NullMarked
package dev.atprotojava.docs.rules;

import org.jspecify.annotations.NullMarked;
