// SPDX-License-Identifier: MIT OR Apache-2.0
package com.example.posts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.MapBuilder;
import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.identity.CachingDirectory;
import dev.atprotojava.identity.HttpFetcher;
import dev.atprotojava.identity.PlcResolver;
import dev.atprotojava.identity.WebDidResolver;
import dev.atprotojava.repo.RecordWrite;
import dev.atprotojava.simulator.NetworkShape;
import dev.atprotojava.simulator.SimulatedAccount;
import dev.atprotojava.simulator.SimulatedNetwork;
import dev.atprotojava.simulator.SimulatedServers;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.Cursor;
import dev.atprotojava.sync.client.VerifiedFirehose;
import dev.atprotojava.syntax.RecordPath;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.client.RestClient;

/** The whole application, on a network that does not exist, but behind real sockets. */
@Timeout(120)
class PostsApplicationTest {
  private final SimulatedNetwork network =
      new SimulatedNetwork(NetworkShape.of(1, 1, 1), InstantSource.system());
  private final SimulatedAccount account = network.account(0);
  private final SimulatedServers servers = SimulatedServers.start(network);
  private final HttpFetcher http = HttpFetcher.builder().policy(AddressPolicy.dev()).build();
  private final CachingDirectory identities =
      CachingDirectory.builder(
              List.of(PlcResolver.of(http, servers.plc().toString(), AddressPolicy.dev())),
              WebDidResolver.of(http))
          .build();

  @TempDir Path directory;

  @AfterEach
  void close() {
    identities.close();
    http.close();
    servers.close();
  }

  @Test
  void posts_areShownAndTakenBack_andTheCursorSurvivesARestart() {
    try (ConfigurableApplicationContext application = start()) {
      post("one", "hello");
      post("two", "world");
      post("three", null); // signed, and yet no post
      await().untilAsserted(() -> assertThat(texts(application)).containsExactly("world", "hello"));
      await().untilAsserted(() -> assertThat(count(application, "posts.malformed")).isEqualTo(1));
      write(new RecordWrite.Delete(path("one")));
      await().untilAsserted(() -> assertThat(texts(application)).containsExactly("world"));
    }

    post("four", "while it was away");
    try (ConfigurableApplicationContext application = start()) {
      await().untilAsserted(() -> assertThat(texts(application)).contains("while it was away"));
      // What was dealt with before the restart does not come again.
      assertThat(texts(application)).doesNotContain("world");
      assertThat(count(application, "posts.created")).isEqualTo(1);

      account.status(AccountStatus.DEACTIVATED);
      account.host().append(account.toAccount());
      await().untilAsserted(() -> assertThat(texts(application)).isEmpty());
    }
  }

  private ConfigurableApplicationContext start() {
    return new SpringApplicationBuilder(PostsApplication.class)
        .initializers(context -> context.getBeanFactory().addBeanPostProcessor(new OnLoopback()))
        .run(
            "--server.port=0",
            "--firehose.server=ws://" + account.host().hostname(),
            "--firehose.directory=" + directory);
  }

  /** The public network is all that the firehose would speak to. */
  private final class OnLoopback implements BeanPostProcessor {
    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
      return bean instanceof VerifiedFirehose.Builder firehose
          ? firehose.policy(AddressPolicy.dev()).identities(identities).from(new Cursor.Oldest())
          : bean;
    }
  }

  private void post(String key, String text) {
    MapBuilder post = CborValue.map().put("$type", "app.bsky.feed.post");
    if (text != null) {
      post.put("text", text).put("createdAt", "2026-03-01T12:00:00.000Z");
    }
    write(new RecordWrite.Create(path(key), post.build().encode()));
  }

  private void write(RecordWrite write) {
    account.host().append(account.commit(List.of(write)).toCommit());
  }

  private static RecordPath path(String key) {
    return RecordPath.parse("app.bsky.feed.post/" + key);
  }

  private static List<String> texts(ConfigurableApplicationContext application) {
    RecentPosts.Shown[] shown = get(application, "/posts", RecentPosts.Shown[].class);
    return List.of(shown).stream().map(each -> each.post().text()).toList();
  }

  private static double count(ConfigurableApplicationContext application, String meter) {
    Map<?, ?> metric = get(application, "/actuator/metrics/" + meter, Map.class);
    Map<?, ?> count = (Map<?, ?>) ((List<?>) metric.get("measurements")).getFirst();
    return ((Number) count.get("value")).doubleValue();
  }

  private static <T> T get(ConfigurableApplicationContext application, String path, Class<T> type) {
    String port = application.getEnvironment().getRequiredProperty("local.server.port");
    return RestClient.create()
        .get()
        .uri(URI.create("http://localhost:" + port + path))
        .retrieve()
        .body(type);
  }
}
