// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

/** Something that ends a program, as a sentence for the person who started it. */
final class ProgramFailure extends Exception {
  private static final long serialVersionUID = 1;

  ProgramFailure(String sentence) {
    super(sentence);
  }
}
