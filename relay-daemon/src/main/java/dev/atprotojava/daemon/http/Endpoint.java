// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.http;

/** One thing that can be asked for. May block, unless the thread it is given says otherwise. */
@FunctionalInterface
public interface Endpoint {
  /**
   * Answers a request.
   *
   * @throws ApiException if the answer is an error
   */
  Answer answer(Request request);
}
