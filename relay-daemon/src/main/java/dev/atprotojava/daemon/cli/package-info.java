// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * The command line: {@link dev.atprotojava.daemon.cli.RelayCommand} is {@code relay}, and each of
 * its commands a class. What was asked for goes to standard output, everything else to standard
 * error; the exit codes are those of {@link dev.atprotojava.daemon.cli.ExitCode}.
 */
@NullMarked
package dev.atprotojava.daemon.cli;

import org.jspecify.annotations.NullMarked;
