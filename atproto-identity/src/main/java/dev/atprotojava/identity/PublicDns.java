// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import okhttp3.Dns;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.Name;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import org.xbill.DNS.lookup.LookupResult;
import org.xbill.DNS.lookup.LookupSession;
import org.xbill.DNS.lookup.NoSuchDomainException;

/**
 * Looks hosts of strangers up, at the name servers that the machine is configured with.
 *
 * <p>The JDK's lookup is unfit for names that a stranger chose. It blocks a thread inside the C
 * library for as long as the stranger's name server cares to be slow, which no timeout of a request
 * reaches; it tries the machine's search domains, so that a public name can become an internal one;
 * and it does not tell a name that does not exist from a name server that does not answer, which
 * are different verdicts on a did:web (ID-23). This one waits 3 seconds, asks for the name as it
 * is, and tells.
 *
 * <p>Answers are cached for their lifetime. The hosts file of the machine is honoured.
 */
final class PublicDns implements Dns {
  /** Of a name that does not exist, on the word of its name server. */
  static final class NoSuchHostException extends UnknownHostException {
    private static final long serialVersionUID = 1;

    NoSuchHostException() {
      super("host does not exist");
    }

    @Override
    public Throwable fillInStackTrace() {
      return this;
    }
  }

  static final Duration TIMEOUT = Duration.ofSeconds(3);
  private static final Duration ATTEMPT_TIMEOUT = Duration.ofMillis(1_400);
  private static final int ATTEMPTS = 2;

  private final LookupSession session;
  private final Duration timeout;

  PublicDns(Resolver resolver, Duration timeout) {
    this.timeout = timeout;
    this.session =
        LookupSession.defaultBuilder()
            .resolver(resolver)
            .clearSearchPath()
            .defaultHostsFileParser()
            .executor(Runnable::run)
            .build();
  }

  static PublicDns ofSystem() {
    return new PublicDns(systemResolver(), TIMEOUT);
  }

  /** The name servers that the machine is configured with, each asked twice within the timeout. */
  static Resolver systemResolver() {
    ExtendedResolver resolver = new ExtendedResolver();
    resolver.setTimeout(ATTEMPT_TIMEOUT);
    resolver.setRetries(ATTEMPTS);
    return resolver;
  }

  @Override
  public List<InetAddress> lookup(String hostname) throws UnknownHostException {
    Name name = absolute(hostname);
    CompletableFuture<LookupResult> v6 = ask(name, Type.AAAA);
    CompletableFuture<LookupResult> v4 = ask(name, Type.A);
    try {
      // A failure of one is no failure of both; whatever has come by then counts.
      CompletableFuture.allOf(v6.exceptionally(e -> null), v4.exceptionally(e -> null))
          .get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException incomplete) {
      // Decided below.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnknownHostException("interrupted");
    }
    List<InetAddress> addresses = new ArrayList<>();
    addAddresses(v6, addresses);
    addAddresses(v4, addresses);
    if (!addresses.isEmpty()) {
      return addresses;
    }
    if (isNoSuchDomain(v6) || isNoSuchDomain(v4)) {
      throw new NoSuchHostException();
    }
    throw new UnknownHostException("host has no address, or its name servers do not answer");
  }

  private static Name absolute(String hostname) throws UnknownHostException {
    try {
      return Name.fromString(hostname, Name.root);
    } catch (TextParseException malformed) {
      throw new UnknownHostException("not a hostname");
    }
  }

  private CompletableFuture<LookupResult> ask(Name name, int type) {
    return session.lookupAsync(name, type).toCompletableFuture();
  }

  private static void addAddresses(CompletableFuture<LookupResult> answer, List<InetAddress> to) {
    if (!answer.isDone() || answer.isCompletedExceptionally()) {
      return;
    }
    for (org.xbill.DNS.Record found : answer.join().getRecords()) {
      if (found instanceof ARecord v4) {
        to.add(v4.getAddress());
      } else if (found instanceof AAAARecord v6) {
        to.add(v6.getAddress());
      }
    }
  }

  private static boolean isNoSuchDomain(CompletableFuture<LookupResult> answer) {
    if (!answer.isCompletedExceptionally()) {
      return false;
    }
    try {
      answer.join();
      return false;
    } catch (RuntimeException failure) {
      return failure.getCause() instanceof NoSuchDomainException;
    }
  }
}
