// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

/**
 * What comes of an input.
 *
 * @param next the chain from now on
 * @param action what is to be done; {@code next} holds when it is
 */
public record ChainStep(AccountChain next, ChainAction action) {}
