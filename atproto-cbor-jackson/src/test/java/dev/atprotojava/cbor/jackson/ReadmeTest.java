// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor.jackson;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import dev.atprotojava.cbor.Blob;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.testing.Readme;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** An example that does not compile, or says what is not so, is worse than none. */
class ReadmeTest {
  record Post(
      @JsonProperty("$type") String type,
      String text,
      @Nullable Blob image,
      @JsonAnySetter @JsonAnyGetter Map<String, JsonNode> more) {}

  private static final Bytes BLOCK =
      CborValue.map()
          .put("$type", "app.bsky.feed.post")
          .put("text", "hi")
          .put("image", new Blob(Cid.ofRaw(new byte[] {1}), "image/png", 1))
          .put("later", Cid.ofRaw(new byte[] {2}))
          .build()
          .encode();

  @Test
  void readme_showsThisCode() {
    Readme.assertShowsCodeOf(ReadmeTest.class, "atproto-cbor-jackson");
  }

  @Test
  void example_readsAndWrites() {
    Bytes block = BLOCK;
    RecordMapper mapper = RecordMapper.create(); // keep it
    Post post = mapper.read(block, Post.class); // checked before Jackson sees it
    Post edited = new Post(post.type(), post.text() + "!", post.image(), post.more());
    Bytes written = mapper.write(edited); // canonical
    Cid cid = Cid.ofDagCbor(written.toByteArray());
    assertThat(post.text()).isEqualTo("hi");
    assertThat(cid).isEqualTo(mapper.cid(edited));
    assertThat(mapper.write(post)).isEqualTo(block);

    JsonNode tree = mapper.readTree(block);
    Cid later = RecordTree.findLink(tree.get("later"));
    assertThat(later).isEqualTo(Cid.ofRaw(new byte[] {2}));
  }
}
