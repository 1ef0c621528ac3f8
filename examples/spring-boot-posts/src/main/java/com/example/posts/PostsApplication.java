// SPDX-License-Identifier: MIT OR Apache-2.0
package com.example.posts;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Shows the newest posts of a network at {@code /posts}. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class PostsApplication {
  public static void main(String[] args) {
    SpringApplication.run(PostsApplication.class, args);
  }
}
