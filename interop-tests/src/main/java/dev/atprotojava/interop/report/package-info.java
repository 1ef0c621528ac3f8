// SPDX-License-Identifier: MIT OR Apache-2.0
/** What a run found, and the forms in which it is told. */
@NullMarked
package dev.atprotojava.interop.report;

import org.jspecify.annotations.NullMarked;
