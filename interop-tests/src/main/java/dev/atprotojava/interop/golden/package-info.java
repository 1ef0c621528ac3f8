// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * Vectors of our own making, in the set {@code atproto-java}: {@link
 * dev.atprotojava.interop.golden.GoldenVectors} runs them, {@link
 * dev.atprotojava.interop.golden.GoldenWriter} makes them. Their format is described in {@code
 * interop-tests/vectors/atproto-java/README.md}.
 */
@NullMarked
package dev.atprotojava.interop.golden;

import org.jspecify.annotations.NullMarked;
