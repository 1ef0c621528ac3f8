// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import java.io.IOException;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Follows redirects from outside of the policy's own interceptor, so that each hop passes it. The
 * client's own following happens inside, where nobody checks the URL again.
 */
final class Redirects implements Interceptor {
  private final int limit;

  Redirects(int limit) {
    if (limit < 1 || limit > AddressPolicy.MAX_REDIRECTS) {
      throw new IllegalArgumentException(
          limit + " redirects, must be 1 to " + AddressPolicy.MAX_REDIRECTS);
    }
    this.limit = limit;
  }

  @Override
  public Response intercept(Chain chain) throws IOException {
    Request request = chain.request();
    Response response = chain.proceed(request);
    for (int followed = 0; followed < limit; followed++) {
      HttpUrl target = target(request, response);
      if (target == null) {
        break;
      }
      response.close();
      request = redirected(request, target);
      response = chain.proceed(request);
    }
    return response;
  }

  private static @Nullable HttpUrl target(Request request, Response response) {
    String location = response.header("Location");
    boolean safe = request.method().equals("GET") || request.method().equals("HEAD");
    if (location == null || !safe || !response.isRedirect()) {
      return null;
    }
    return request.url().resolve(location);
  }

  private static Request redirected(Request request, HttpUrl target) {
    Request.Builder redirected = request.newBuilder().url(target);
    HttpUrl from = request.url();
    if (!target.host().equals(from.host())
        || target.port() != from.port()
        || !target.scheme().equals(from.scheme())) {
      // What the caller told the first host is not meant for another.
      redirected.removeHeader("Authorization").removeHeader("Cookie").removeHeader("Host");
    }
    return redirected.build();
  }
}
