// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the signals over from the JVM, because a shutdown hook cannot choose the exit code: with
 * one a process that did all it was asked ends with 143, and service managers call that a failure.
 *
 * <p>The JDK has no other interface for it than {@code sun.misc.Signal}, of the supported module
 * {@code jdk.unsupported}, which the compiler warns of and nothing can silence; so it is called by
 * name. Where it is not there, the JVM's own way remains.
 */
final class SignalTermination implements Termination {
  private static final Logger LOG = LoggerFactory.getLogger(SignalTermination.class);
  private static final List<String> SIGNALS = List.of("TERM", "INT");
  private static final int BY_SIGNAL = 128;

  private final CountDownLatch told = new CountDownLatch(1);

  @Override
  public void listen() {
    for (String signal : SIGNALS) {
      take(signal);
    }
  }

  @Override
  public void await() throws InterruptedException {
    told.await();
  }

  private void take(String name) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> listener = Class.forName("sun.misc.SignalHandler");
      Object taken = signal.getConstructor(String.class).newInstance(name);
      int number = (int) signal.getMethod("getNumber").invoke(taken);
      signal
          .getMethod("handle", signal, listener)
          .invoke(
              null,
              taken,
              Proxy.newProxyInstance(
                  listener.getClassLoader(), new Class<?>[] {listener}, listenerFor(number)));
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      LOG.warn("signal={} ends the process without ceremony: {}", name, e.getMessage());
    }
  }

  private InvocationHandler listenerFor(int number) {
    return (proxy, method, arguments) ->
        switch (method.getName()) {
          case "handle" -> {
            if (told.getCount() == 0) {
              Runtime.getRuntime().halt(BY_SIGNAL + number);
            }
            told.countDown();
            yield null;
          }
          case "equals" -> proxy == arguments[0];
          case "hashCode" -> System.identityHashCode(proxy);
          default -> "termination";
        };
  }
}
