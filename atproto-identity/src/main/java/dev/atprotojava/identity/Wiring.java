// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** What the parts of a directory share: threads, time, chance, and the counters. */
record Wiring(
    Executor executor,
    Timer timer,
    InstantSource clock,
    LongSupplier nanoClock,
    RandomGenerator random,
    Counters counters) {}
