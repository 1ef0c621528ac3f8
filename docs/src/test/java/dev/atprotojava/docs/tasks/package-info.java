// SPDX-License-Identifier: MIT OR Apache-2.0
/** The examples of {@code docs/tasks}, compiled and run. */
@NullMarked
package dev.atprotojava.docs.tasks;

import org.jspecify.annotations.NullMarked;
