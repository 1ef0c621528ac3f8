// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Shows a demonstration: on a screen of its own, redrawn in place, which is gone when it is closed;
 * or, where there is no terminal, as a line now and then.
 */
final class DemoView implements AutoCloseable {
  private static final int SCREEN_MILLIS = 500;
  private static final int LINE_MILLIS = 1000;

  private static final String ENTER_SCREEN = "\033[?1049h\033[?25l";
  private static final String LEAVE_SCREEN = "\033[?25h\033[?1049l";
  private static final String HOME = "\033[H";
  private static final String CLEAR_REST = "\033[K";
  private static final String LINE_END = CLEAR_REST + "\r\n";

  private final PrintStream out;
  private final DemoScreen screen;
  private final boolean terminal;

  /**
   * Opens it.
   *
   * @param terminal whether a person watches a screen
   * @param colours whether the screen has colours
   */
  DemoView(PrintStream out, boolean terminal, boolean colours) {
    this.out = out;
    this.screen = new DemoScreen(colours, StandardCharsets.UTF_8.equals(out.charset()));
    this.terminal = terminal;
    print(terminal ? ENTER_SCREEN : "");
  }

  /** How often to show something. */
  int periodMillis() {
    return terminal ? SCREEN_MILLIS : LINE_MILLIS;
  }

  void show(DemoStatus status) {
    if (terminal) {
      print(HOME + String.join(LINE_END, screen.draw(status)) + CLEAR_REST);
    } else {
      print(screen.line(status) + System.lineSeparator());
    }
  }

  private void print(String text) {
    out.print(text);
    out.flush();
  }

  /** Gives the terminal back as it was. */
  @Override
  public void close() {
    print(terminal ? LEAVE_SCREEN : "");
  }
}
