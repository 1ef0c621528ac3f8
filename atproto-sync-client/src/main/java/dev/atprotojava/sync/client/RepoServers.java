// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.syntax.Did;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;

/** Whoever has repositories; the seam between resyncs and HTTP. Threads share it. */
interface RepoServers extends AutoCloseable {
  /** The CAR of a repository. What the server says instead is an {@link XrpcException}. */
  InputStream getRepo(URI server, Did did) throws IOException;

  /** What a server says of an account. */
  AccountStatus getRepoStatus(URI server, Did did) throws IOException;

  @Override
  void close();

  /** The real ones. */
  static RepoServers of(SyncClient client) {
    return new RepoServers() {
      @Override
      public InputStream getRepo(URI server, Did did) throws IOException {
        return at(server).getRepo(did).stream();
      }

      @Override
      public AccountStatus getRepoStatus(URI server, Did did) throws IOException {
        return at(server).getRepoStatus(did).status();
      }

      private SyncClient at(URI server) throws IOException {
        try {
          return client.at(server);
        } catch (IllegalArgumentException e) {
          throw new IOException("the server has no address", e);
        }
      }

      @Override
      public void close() {
        client.close();
      }
    };
  }
}
