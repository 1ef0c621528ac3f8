// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import dev.atprotojava.daemon.config.LogLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log: lines on standard error, times in UTC. What peers wrote cannot begin a line of its own
 * or move a terminal's cursor, as control characters are replaced. Libraries are heard when they
 * warn.
 *
 * <p>In code and not in a file: nothing to be found, parsed or be different on a class path.
 * Logback finds this class by its service entry.
 */
public final class ConsoleLog extends ContextAwareBase implements Configurator {
  private static final String OURS = "dev.atprotojava";
  private static final String LINE =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z',UTC} %-5level %logger{0}: %replace(%msg){'\\p{Cntrl}',' '}%n%ex";

  @Override
  public ExecutionStatus configure(LoggerContext loggers) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(loggers);
    encoder.setPattern(LINE);
    encoder.start();
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(loggers);
    console.setTarget("System.err");
    console.setEncoder(encoder);
    console.start();
    loggers.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(console);
    loggers.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
    loggers.getLogger(OURS).setLevel(Level.INFO);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** How much we say now. */
  public static LogLevel level() {
    LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
    Level level = loggers.getLogger(OURS).getEffectiveLevel();
    return switch (level.toInt()) {
      case Level.ERROR_INT -> LogLevel.ERROR;
      case Level.WARN_INT -> LogLevel.WARN;
      case Level.INFO_INT -> LogLevel.INFO;
      default -> LogLevel.DEBUG;
    };
  }

  /** How much we say from now on; libraries never say more than warnings. */
  public static void setLevel(LogLevel level) {
    LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
    loggers
        .getLogger(Logger.ROOT_LOGGER_NAME)
        .setLevel(level == LogLevel.ERROR ? Level.ERROR : Level.WARN);
    loggers
        .getLogger(OURS)
        .setLevel(
            switch (level) {
              case ERROR -> Level.ERROR;
              case WARN -> Level.WARN;
              case INFO -> Level.INFO;
              case DEBUG -> Level.DEBUG;
            });
  }
}
