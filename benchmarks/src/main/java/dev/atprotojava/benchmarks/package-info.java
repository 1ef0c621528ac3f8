// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * What things cost. Each class says which claim in the code it stands for and how it is run; after
 * {@code mvn package -pl benchmarks -am} the general form is
 *
 * <pre>
 * java -cp "benchmarks/target/classes:benchmarks/target/lib/*" org.openjdk.jmh.Main NAME
 * </pre>
 */
@NullMarked
package dev.atprotojava.benchmarks;

import org.jspecify.annotations.NullMarked;
