// SPDX-License-Identifier: MIT OR Apache-2.0
package com.example.posts;

import dev.atprotojava.sync.client.RepoStateStore;
import dev.atprotojava.sync.client.SqliteRepoStateStore;
import dev.atprotojava.sync.client.VerifiedFirehose;
import dev.atprotojava.syntax.Nsid;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Set;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The firehose, not opened yet, and what it remembers. */
@Configuration(proxyBeanMethods = false)
class FirehoseConfiguration {
  static final Nsid POST = Nsid.parse("app.bsky.feed.post");

  /** Closed by the container, after the bean that reads the firehose has stopped. */
  @Bean
  RepoStateStore repoStateStore(FirehoseSettings settings) throws IOException {
    Files.createDirectories(settings.directory());
    return SqliteRepoStateStore.open(settings.directory().resolve("firehose.sqlite"));
  }

  @Bean
  VerifiedFirehose.Builder firehose(FirehoseSettings settings, RepoStateStore store) {
    return VerifiedFirehose.builder(settings.server(), store).collections(Set.of(POST));
  }
}
