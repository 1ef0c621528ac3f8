// SPDX-License-Identifier: MIT OR Apache-2.0
/** What the parts cost, by JMH. */
@NullMarked
package dev.atprotojava.benchmarks;

import org.jspecify.annotations.NullMarked;
