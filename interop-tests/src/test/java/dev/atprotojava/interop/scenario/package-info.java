// SPDX-License-Identifier: MIT OR Apache-2.0
/** What a relay must do with a sequence of frames, as data that others can read too. */
@NullMarked
package dev.atprotojava.interop.scenario;

import org.jspecify.annotations.NullMarked;
