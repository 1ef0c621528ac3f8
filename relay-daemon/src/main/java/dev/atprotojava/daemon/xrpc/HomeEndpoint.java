// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.xrpc;

import dev.atprotojava.daemon.http.Answer;
import dev.atprotojava.daemon.http.Endpoint;
import dev.atprotojava.daemon.http.Request;

/** {@code /}: tells whoever opens the address in a browser what they have found. Never blocks. */
public final class HomeEndpoint implements Endpoint {
  private final Answer text;

  /** The endpoint. */
  public HomeEndpoint(String version) {
    this.text =
        new Answer.Body(
            200,
            "text/plain; charset=utf-8",
            """
            This is an AT Protocol relay, atproto-java-relay %s.

            Every event of the hosts that it follows, verified, in one stream:
              /xrpc/com.atproto.sync.subscribeRepos   (WebSocket)

            To have a host followed:
              POST /xrpc/com.atproto.sync.requestCrawl   {"hostname": "pds.example.com"}

            What it knows:
              /xrpc/com.atproto.sync.listHosts
              /xrpc/com.atproto.sync.getHostStatus?hostname=
              /xrpc/com.atproto.sync.listRepos
              /xrpc/com.atproto.sync.getRepoStatus?did=
              /xrpc/com.atproto.sync.getLatestCommit?did=
            """
                .formatted(version));
  }

  @Override
  public Answer answer(Request request) {
    return text;
  }
}
