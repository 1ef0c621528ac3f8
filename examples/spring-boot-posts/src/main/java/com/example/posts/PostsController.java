// SPDX-License-Identifier: MIT OR Apache-2.0
package com.example.posts;

import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class PostsController {
  private final RecentPosts posts;

  PostsController(RecentPosts posts) {
    this.posts = posts;
  }

  @GetMapping("/posts")
  List<RecentPosts.Shown> posts() {
    return posts.list();
  }
}
