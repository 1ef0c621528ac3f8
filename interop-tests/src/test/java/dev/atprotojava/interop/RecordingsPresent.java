// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Skips a test class where there are no recordings, and says so in a line; unless the run needs
 * them: then it fails by reading.
 */
final class RecordingsPresent implements ExecutionCondition {
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    Recordings recordings = Recordings.ofThisRun();
    if (recordings.present() || recordings.required()) {
      return ConditionEvaluationResult.enabled("recordings in " + recordings.directory());
    }
    String absent = "no recordings in " + recordings.directory();
    if (context.getTestMethod().isEmpty()) {
      System.out.println(absent + "; not run: " + context.getDisplayName());
    }
    return ConditionEvaluationResult.disabled(absent);
  }
}
