// SPDX-License-Identifier: MIT OR Apache-2.0
package com.example.posts;

import dev.atprotojava.syntax.Did;
import java.util.LinkedHashMap;
import java.util.List;
import org.springframework.stereotype.Component;

/** The newest posts. What its authors have taken back is gone. */
@Component
class RecentPosts {
  /** A post and where it is. */
  record Shown(String uri, String author, Post post) {}

  private final LinkedHashMap<String, Shown> posts = new LinkedHashMap<>();
  private final int limit;

  RecentPosts(FirehoseSettings settings) {
    this.limit = settings.show();
  }

  /** May be told twice: the URI is the key. */
  synchronized void put(String uri, Did author, Post post) {
    posts.putLast(uri, new Shown(uri, author.toString(), post));
    if (posts.size() > limit) {
      posts.pollFirstEntry();
    }
  }

  synchronized void remove(String uri) {
    posts.remove(uri);
  }

  synchronized void removeAll(Did author) {
    posts.values().removeIf(shown -> shown.author().equals(author.toString()));
  }

  /** The newest first. */
  synchronized List<Shown> list() {
    return List.copyOf(posts.sequencedValues().reversed());
  }
}
