// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import java.lang.annotation.Retention;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;

/**
 * Marks a test method that runs on every case of one vector file (or of several), and claims the
 * file for it: {@link VectorsClaimTest} fails if a file is claimed by nobody or twice.
 *
 * <p>The type of the method's only parameter says what it gets:
 *
 * <ul>
 *   <li>{@code String}: each line of a text file;
 *   <li>{@code List<String>}: all lines of a text file at once;
 *   <li>{@code JsonNode}: each element of a JSON file that holds an array, or else its one value.
 * </ul>
 *
 * <p>Where the vectors are absent the method is skipped, or fails if the run needs them.
 */
@Target(METHOD)
@Retention(RUNTIME)
@ParameterizedTest
@ArgumentsSource(VectorArguments.class)
@ExtendWith(VectorsPresent.class)
@interface VectorFile {
  /** Names as in {@link Vectors}. */
  String[] value();
}
