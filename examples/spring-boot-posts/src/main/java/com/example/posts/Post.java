// SPDX-License-Identifier: MIT OR Apache-2.0
package com.example.posts;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/** An {@code app.bsky.feed.post}, as far as this application looks at it. */
record Post(
    @JsonProperty(required = true) String text,
    @JsonProperty(required = true) String createdAt,
    List<String> langs) {}
