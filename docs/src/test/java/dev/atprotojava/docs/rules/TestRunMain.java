// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.docs.rules;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs the test classes of its arguments and prints what failed, for {@link TestRun}. */
final class TestRunMain {
  static final String FAILED = "FAILED ";
  static final String TORN = "TORN ";
  static final String RAN = "RAN ";

  private TestRunMain() {}

  public static void main(String[] classes) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(Arrays.stream(classes).map(name -> selectClass(name)).toList())
            .build();
    Report report = new Report();
    LauncherFactory.create().execute(request, report);
    System.out.println(RAN + report.ran);
    System.exit(0); // whatever threads a broken class has left behind
  }

  private static final class Report implements TestExecutionListener {
    private final AtomicInteger ran = new AtomicInteger();

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      if (test.isTest()) {
        ran.incrementAndGet();
      }
      if (result.getStatus() == TestExecutionResult.Status.FAILED) {
        Throwable thrown = result.getThrowable().orElse(null);
        String name = test.getSource().map(Report::name).orElse(test.getDisplayName());
        System.out.println("\n" + (isTorn(thrown) ? TORN : FAILED) + name);
        System.out.println(thrown);
      }
    }

    private static boolean isTorn(@Nullable Throwable thrown) {
      for (@Nullable Throwable at = thrown; at != null; at = at.getCause()) {
        if (at instanceof IncompatibleClassChangeError || at instanceof NoClassDefFoundError) {
          return true;
        }
      }
      return false;
    }

    private static String name(TestSource source) {
      return switch (source) {
        case MethodSource method -> simple(method.getClassName()) + "." + method.getMethodName();
        case ClassSource type -> simple(type.getClassName());
        default -> source.toString();
      };
    }

    private static String simple(String type) {
      return type.substring(type.lastIndexOf('.') + 1);
    }
  }
}
