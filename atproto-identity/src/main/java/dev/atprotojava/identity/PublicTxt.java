// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.xbill.DNS.Name;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import org.xbill.DNS.lookup.LookupResult;
import org.xbill.DNS.lookup.LookupSession;
import org.xbill.DNS.lookup.NoSuchDomainException;
import org.xbill.DNS.lookup.NoSuchRRSetException;

/** TXT records by real packets; aliases are followed as DNS does (T-46). */
final class PublicTxt implements TxtRecords {
  private final LookupSession session;
  private final Duration timeout;

  PublicTxt(Resolver resolver, Duration timeout) {
    this.timeout = timeout;
    // No cache: how long an answer is believed is for the caller to say, and not for a stranger.
    this.session =
        LookupSession.builder().resolver(resolver).maxRedirects(8).executor(Runnable::run).build();
  }

  static PublicTxt ofSystem() {
    return new PublicTxt(PublicDns.systemResolver(), PublicDns.TIMEOUT);
  }

  @Override
  public List<String> lookup(String name) throws IOException {
    try {
      LookupResult result =
          session
              .lookupAsync(Name.fromString(name, Name.root), Type.TXT)
              .toCompletableFuture()
              .get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      return values(result);
    } catch (TextParseException malformed) {
      throw new UnknownHostException("not a name");
    } catch (TimeoutException slow) {
      throw new UnknownHostException("name servers do not answer");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnknownHostException("interrupted");
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof NoSuchDomainException
          || failure.getCause() instanceof NoSuchRRSetException) {
        return List.of();
      }
      throw new UnknownHostException("name servers fail");
    }
  }

  // T-46: the strings of a record are one value, cut only because none may be longer than 255
  // bytes; they are joined with nothing between, and nothing is stripped. As bytes: the library's
  // strings are escaped for people.
  private static List<String> values(LookupResult result) {
    List<String> values = new ArrayList<>();
    for (org.xbill.DNS.Record found : result.getRecords()) {
      if (found instanceof TXTRecord txt) {
        StringBuilder value = new StringBuilder();
        for (byte[] part : txt.getStringsAsByteArrays()) {
          value.append(new String(part, StandardCharsets.ISO_8859_1));
        }
        values.add(value.toString());
      }
    }
    return values;
  }
}
