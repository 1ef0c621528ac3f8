// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.cli;

/** What the process ends with. */
public final class ExitCode {
  /** Done as asked; of {@code serve}, ended in good order when it was told to end. */
  public static final int OK = 0;

  /** It could not be done; one sentence says why. */
  public static final int REFUSED = 1;

  /** It was asked for in a way that cannot be understood; one sentence says why. */
  public static final int USAGE = 2;

  /** Going on would break a promise, or the program has a fault: it ends at once. */
  public static final int SOFTWARE = 70;

  private ExitCode() {}
}
