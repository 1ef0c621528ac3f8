// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a case expects; throws {@link Mismatch} where it is not so. */
public final class Expect {
  private Expect() {}

  /** Expects that something holds. */
  public static void that(boolean holds, String otherwise) {
    if (!holds) {
      throw new Mismatch(otherwise);
    }
  }

  /** Expects two values to be equal. */
  public static void same(String what, @Nullable Object actual, @Nullable Object expected) {
    if (!Objects.equals(actual, expected)) {
      throw new Mismatch(what + " is " + actual + " and should be " + expected);
    }
  }

  /** Expects an exception, and gives it for a closer look. */
  public static <X extends RuntimeException> X refused(
      Class<X> type, String what, Runnable attempt) {
    try {
      attempt.run();
    } catch (RuntimeException e) {
      if (type.isInstance(e)) {
        return type.cast(e);
      }
      throw e;
    }
    throw new Mismatch(what + " is accepted and should be refused");
  }
}
