// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import dev.atprotojava.interop.report.Report;
import dev.atprotojava.interop.report.Report.Finding;
import dev.atprotojava.interop.report.Report.Outcome;
import dev.atprotojava.interop.report.Report.Row;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;

/** Runs every file of a directory of vectors. */
public final class VectorRun {
  private final Vectors vectors;
  private final boolean strict;

  /**
   * A run.
   *
   * @param strict whether a file that nobody claims counts as broken
   */
  public VectorRun(Vectors vectors, boolean strict) {
    this.vectors = vectors;
    this.strict = strict;
  }

  /** Runs it. */
  public Report run() {
    List<Row> rows = new ArrayList<>();
    List<String> remarks = new ArrayList<>();
    NavigableSet<String> files = vectors.files();
    for (String file : files) {
      List<VectorClaim> claims = VectorClaims.of(file);
      if (claims.isEmpty()) {
        rows.add(unclaimed(file));
      }
      for (VectorClaim claim : claims) {
        switch (claim) {
          case VectorClaim.Checked checked -> rows.add(row(file, run(checked, file)));
          case VectorClaim.NotOurs none ->
              rows.add(row(file, List.of(new Finding(file, Outcome.SKIPPED, none.reason()))));
        }
      }
    }
    return new Report("vectors in " + vectors.directory(), rows, remarks);
  }

  private Row unclaimed(String file) {
    String why = "nobody claims this file";
    return row(
        file, List.of(new Finding(file, strict ? Outcome.FAILED : Outcome.SKIPPED, why)), why);
  }

  private List<Finding> run(VectorClaim.Checked claim, String file) {
    List<VectorCase> cases;
    try {
      cases = claim.reader().read(vectors, file);
    } catch (UncheckedIOException e) {
      return List.of(new Finding(file, Outcome.FAILED, "cannot be read: " + e.getMessage()));
    }
    if (cases.isEmpty()) {
      return List.of(new Finding(file, Outcome.FAILED, "has no cases"));
    }
    return cases.stream().map(each -> finding(each.name(), each.run())).toList();
  }

  private static Finding finding(String name, Verdict verdict) {
    return switch (verdict) {
      case Verdict.Passed _ -> new Finding(name, Outcome.PASSED, "");
      case Verdict.Narrowed(String rule, String why) ->
          new Finding(name, Outcome.NARROWED, rule + ", " + why);
      case Verdict.NotOurs(String why) -> new Finding(name, Outcome.SKIPPED, why);
      case Verdict.Failed(String why) -> new Finding(name, Outcome.FAILED, why);
    };
  }

  private static Row row(String file, List<Finding> findings) {
    return row(file, findings, "");
  }

  private static Row row(String file, List<Finding> findings, String what) {
    long skipped = findings.stream().filter(each -> each.outcome() == Outcome.SKIPPED).count();
    long broken = findings.stream().filter(each -> each.outcome() == Outcome.FAILED).count();
    return new Row(file, what, findings.size() - skipped, broken, skipped, findings, true);
  }
}
