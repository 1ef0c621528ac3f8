// SPDX-License-Identifier: MIT OR Apache-2.0
@NullMarked
package dev.atprotojava.crypto;

import org.jspecify.annotations.NullMarked;
