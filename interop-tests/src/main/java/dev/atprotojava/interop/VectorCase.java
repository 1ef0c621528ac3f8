// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

/**
 * One case of a vector file, ready to be run any number of times.
 *
 * @param name what tells it from the other cases of its file
 * @param check runs it
 */
public record VectorCase(String name, Check check) {
  /** What a case does. */
  @FunctionalInterface
  public interface Check {
    /**
     * Runs the case.
     *
     * @throws Mismatch if something is not as it should be; any other exception means that too
     */
    Verdict run() throws Exception;
  }

  /** A check that only passes or throws. */
  @FunctionalInterface
  public interface Assertion {
    /** Runs the case; see {@link Check#run}. */
    void run() throws Exception;
  }

  /** A case that passes unless it throws. */
  public static VectorCase of(String name, Assertion assertion) {
    return new VectorCase(
        name,
        () -> {
          assertion.run();
          return Verdict.PASSED;
        });
  }

  /** Runs the case. An exception is a verdict too: the input may be anything. */
  public Verdict run() {
    try {
      return check.run();
    } catch (Mismatch e) {
      return new Verdict.Failed(String.valueOf(e.getMessage()));
    } catch (Exception e) {
      return new Verdict.Failed(e.getClass().getSimpleName() + ": " + e.getMessage());
    }
  }
}
