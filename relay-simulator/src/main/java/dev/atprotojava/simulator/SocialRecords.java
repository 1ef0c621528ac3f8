// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborWriter;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.syntax.AtDatetime;
import dev.atprotojava.syntax.Did;
import java.time.Instant;
import java.util.random.RandomGenerator;

/** Records that look like those of a social application, in size and shape. */
final class SocialRecords {
  static final String POST = "app.bsky.feed.post";
  static final String LIKE = "app.bsky.feed.like";
  static final String FOLLOW = "app.bsky.graph.follow";
  static final String PROFILE = "app.bsky.actor.profile";

  private static final String[] WORDS = {
    "a",
    "after",
    "all",
    "and",
    "autumn",
    "before",
    "bird",
    "boat",
    "bread",
    "bridge",
    "bright",
    "cloud",
    "coffee",
    "early",
    "evening",
    "field",
    "fine",
    "from",
    "garden",
    "good",
    "green",
    "harbour",
    "here",
    "in",
    "lamp",
    "late",
    "leaf",
    "light",
    "little",
    "long",
    "morning",
    "my",
    "new",
    "night",
    "of",
    "old",
    "on",
    "path",
    "quiet",
    "rain",
    "reading",
    "river",
    "road",
    "salt",
    "sea",
    "slow",
    "small",
    "snow",
    "soon",
    "stone",
    "summer",
    "tea",
    "the",
    "there",
    "tree",
    "walk",
    "warm",
    "water",
    "wind",
    "window",
    "winter",
    "with",
    "wood",
    "yesterday"
  };

  private SocialRecords() {}

  static Bytes post(RandomGenerator random, Instant time) {
    return post(words(random, 4 + random.nextInt(36)), time);
  }

  static Bytes post(String text, Instant time) {
    CborWriter out = new CborWriter(text.length() + 128).writeMap(4);
    out.writeText("text").writeText(text);
    out.writeText("$type").writeText(POST);
    out.writeText("langs").writeArray(1).writeText("en");
    return end(out, time);
  }

  static Bytes like(Did author, String rkey, Cid post, Instant time) {
    CborWriter out = new CborWriter(320).writeMap(3).writeText("$type").writeText(LIKE);
    out.writeText("subject").writeMap(2).writeText("cid").writeText(post.toString());
    out.writeText("uri").writeText("at://" + author + "/" + POST + "/" + rkey);
    return end(out, time);
  }

  static Bytes follow(Did subject, Instant time) {
    CborWriter out = new CborWriter(160).writeMap(3).writeText("$type").writeText(FOLLOW);
    out.writeText("subject").writeText(subject.toString());
    return end(out, time);
  }

  static Bytes profile(RandomGenerator random, String name) {
    CborWriter out = new CborWriter(256).writeMap(3).writeText("$type").writeText(PROFILE);
    out.writeText("description").writeText(words(random, 3 + random.nextInt(20)));
    return out.writeText("displayName").writeText(name).toBytes();
  }

  private static Bytes end(CborWriter out, Instant time) {
    return out.writeText("createdAt").writeText(AtDatetime.format(time)).toBytes();
  }

  private static String words(RandomGenerator random, int count) {
    StringBuilder text = new StringBuilder(count * 6);
    for (int i = 0; i < count; i++) {
      text.append(i == 0 ? "" : " ").append(WORDS[random.nextInt(WORDS.length)]);
    }
    return text.toString();
  }
}
