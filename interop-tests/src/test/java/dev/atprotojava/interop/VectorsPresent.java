// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips a test where there are no vectors, unless the run needs them: then it fails by reading. */
final class VectorsPresent implements ExecutionCondition {
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    Vectors vectors = Vectors.ofThisRun();
    return vectors.present() || vectors.required()
        ? ConditionEvaluationResult.enabled("vectors in " + vectors.directory())
        : ConditionEvaluationResult.disabled("no vectors in " + vectors.directory());
  }
}
