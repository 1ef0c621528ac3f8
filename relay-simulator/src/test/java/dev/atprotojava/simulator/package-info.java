// SPDX-License-Identifier: MIT OR Apache-2.0
@NullMarked
package dev.atprotojava.simulator;

import org.jspecify.annotations.NullMarked;
