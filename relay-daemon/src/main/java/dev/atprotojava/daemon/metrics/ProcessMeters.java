// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.metrics;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * The process as the system sees it, under the names that all Prometheus clients use. What the
 * system does not tell is not a number.
 */
public final class ProcessMeters implements MeterBinder {
  private static final Path STATUS = Path.of("/proc/self/status");

  @Override
  public void bindTo(MeterRegistry registry) {
    var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    FunctionCounter.builder(
            "process.cpu",
            system,
            each -> (double) each.getProcessCpuTime() / TimeUnit.SECONDS.toNanos(1))
        .baseUnit("seconds")
        .register(registry);
    Gauge.builder("process.resident.memory", ProcessMeters::residentBytes)
        .baseUnit("bytes")
        .register(registry);
    Gauge.builder(
            "process.start.time",
            () -> ManagementFactory.getRuntimeMXBean().getStartTime() / 1000.0)
        .baseUnit("seconds")
        .register(registry);
    if (system instanceof UnixOperatingSystemMXBean unix) {
      Gauge.builder("process.open.fds", unix, UnixOperatingSystemMXBean::getOpenFileDescriptorCount)
          .register(registry);
      Gauge.builder("process.max.fds", unix, UnixOperatingSystemMXBean::getMaxFileDescriptorCount)
          .register(registry);
    }
  }

  /** The line {@code VmRSS: 123456 kB}. */
  private static double residentBytes() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024.0;
        }
      }
    } catch (IOException e) {
      return Double.NaN;
    }
    return Double.NaN;
  }
}
