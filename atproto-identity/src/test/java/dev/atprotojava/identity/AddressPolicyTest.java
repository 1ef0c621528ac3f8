// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.SocketFactory;
import okhttp3.Dns;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * ID-60 to ID-63: every test is a way into the network of whoever runs this, and must end before
 * anything is sent. The server on loopback stands for what is inside.
 */
class AddressPolicyTest {
  private final LocalServer inside = new LocalServer();

  @AfterEach
  void close() {
    inside.close();
  }

  private static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private static Dns answering(String... addresses) {
    return hostname -> Arrays.stream(addresses).map(AddressPolicyTest::address).toList();
  }

  /** All rules of the public network, but that one address of this machine counts as public. */
  private static AddressPolicy publicAnd(String allowed, Dns dns) {
    return new AddressPolicy(
        new AddressRules() {
          @Override
          public boolean allowClearText() {
            return true;
          }

          @Override
          public boolean allowHost(String host) {
            return AddressRules.PUBLIC.allowHost(host);
          }

          @Override
          public boolean allowPort(int port) {
            return true;
          }

          @Override
          public boolean allowAddress(InetAddress address) {
            return address.equals(address(allowed)) || AddressRules.PUBLIC.allowAddress(address);
          }
        },
        dns);
  }

  private static Response get(AddressPolicy policy, String url) throws IOException {
    OkHttpClient client = policy.applyTo(new OkHttpClient.Builder()).build();
    return client.newCall(new Request.Builder().url(url).build()).execute();
  }

  // Texts.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://pds.example.com/",
        "https://pds.example.com:8443/",
        "https://pds.example.com:22/",
        "https://127.0.0.1/",
        "https://8.8.8.8/",
        "https://[::1]/",
        "https://[2606:4700::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://2130706433/",
        "https://0x7f.0.0.1/",
        "https://127.1/",
        "https://localhost/",
        "https://foo.localhost/",
        "https://router.local/",
        "https://db.internal/",
        "https://a.test/",
        "https://intranet/"
      })
  void publicOnly_refusesTheUrl(String url) {
    AddressPolicy policy = AddressPolicy.publicOnly().withDns(answering("8.8.8.8"));

    assertThatThrownBy(() -> policy.requireAllowed(HttpUrl.get(url)))
        .isInstanceOf(AddressRefusedException.class);
    assertThatThrownBy(() -> get(policy, url).close()).isInstanceOf(AddressRefusedException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://pds.example.com/", "https://pds.example.com:80/"})
  void publicOnly_allowsTheUrl(String url) {
    assertThatCode(() -> AddressPolicy.publicOnly().requireAllowed(HttpUrl.get(url)))
        .doesNotThrowAnyException();
  }

  @Test
  void refusals_doNotRepeatTheHost() {
    assertThatExceptionOfType(AddressRefusedException.class)
        .isThrownBy(
            () -> AddressPolicy.publicOnly().requireAllowed(HttpUrl.get("https://evil.test")))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("evil"))
        .satisfies(e -> assertThat(e.getStackTrace()).isEmpty());
  }

  @Test
  void dev_allowsEverything() throws IOException {
    inside.answer(LocalServer.ok("hello"));

    try (Response response = get(AddressPolicy.dev(), inside.url())) {
      assertThat(response.body().string()).isEqualTo("hello");
    }
  }

  // Addresses.

  @Test
  void dns_dropsAddressesThatAreRefused() throws UnknownHostException {
    AddressPolicy policy =
        AddressPolicy.publicOnly().withDns(answering("10.0.0.1", "8.8.8.8", "::1", "1.1.1.1"));

    assertThat(policy.dns().lookup("pds.example.com"))
        .containsExactly(address("8.8.8.8"), address("1.1.1.1"));
  }

  @Test
  void dns_refusesAHostThatIsOnlyInside() {
    AddressPolicy policy = AddressPolicy.publicOnly().withDns(answering("10.0.0.1", "fd00::1"));

    assertThatThrownBy(() -> policy.dns().lookup("pds.example.com"))
        .isInstanceOf(AddressRefusedException.class);
    assertThatThrownBy(
            () -> AddressPolicy.publicOnly().withDns(h -> List.of()).dns().lookup("a.com"))
        .isInstanceOf(UnknownHostException.class)
        .isNotInstanceOf(AddressRefusedException.class);
  }

  @Test
  void dns_asksNobodyForANameThatIsRefused() {
    List<String> asked = new ArrayList<>();
    AddressPolicy policy =
        AddressPolicy.publicOnly()
            .withDns(
                hostname -> {
                  asked.add(hostname);
                  return List.of();
                });

    assertThatThrownBy(() -> policy.dns().lookup("db.internal"))
        .isInstanceOf(AddressRefusedException.class);
    assertThat(asked).isEmpty();
  }

  @Test
  void request_toANameWithAPrivateAddressIsRefused() {
    AddressPolicy policy = publicAnd("127.0.0.2", answering("127.0.0.1"));

    assertThatThrownBy(() -> get(policy, "http://pds.example.com:" + inside.port()).close())
        .isInstanceOf(AddressRefusedException.class);
    assertThat(inside.paths()).isEmpty();
  }

  // The host answers the check with a public address and the connection with a private one. There
  // is one lookup, and what it gave is what is connected to.
  @Test
  void request_isNotRebound() throws IOException {
    inside.answer(LocalServer.ok("first address"));
    List<List<InetAddress>> answers =
        new ArrayList<>(List.of(List.of(address("127.0.0.1")), List.of(address("127.0.0.2"))));
    try (LocalServer other = new LocalServer("127.0.0.2")) {
      other.answer(LocalServer.ok("second address"));
      AddressPolicy policy = publicAnd("127.0.0.1", hostname -> answers.remove(0));

      try (Response response = get(policy, "http://pds.example.com:" + inside.port())) {
        assertThat(response.body().string()).isEqualTo("first address");
      }
      assertThat(answers).hasSize(1);
      // A later request, for which the answer has changed.
      assertThatThrownBy(() -> get(policy, "http://pds.example.com:" + inside.port()).close())
          .isInstanceOf(AddressRefusedException.class);
    }
  }

  // The wall behind all others: even a client whose lookups and texts nobody checks cannot connect.
  @Test
  void socketFactory_checksWhatItConnectsTo() {
    OkHttpClient client =
        new OkHttpClient.Builder()
            .dns(answering("127.0.0.1"))
            .socketFactory(AddressPolicy.publicOnly().socketFactory())
            .build();

    for (String host : List.of("pds.example.com", "127.0.0.1", "[::1]", "localhost")) {
      Request request =
          new Request.Builder().url("http://" + host + ":" + inside.port() + "/").build();
      assertThatThrownBy(() -> client.newCall(request).execute().close())
          .as(host)
          .isInstanceOf(AddressRefusedException.class);
    }
    assertThat(inside.paths()).isEmpty();
  }

  @Test
  void sockets_refuseInEveryForm() throws IOException {
    SocketFactory sockets =
        AddressPolicy.publicOnly().withDns(answering("127.0.0.1")).socketFactory();
    InetAddress loopback = address("127.0.0.1");
    int port = inside.port();

    refuses(() -> sockets.createSocket("pds.example.com", port));
    refuses(() -> sockets.createSocket("localhost", port));
    refuses(() -> sockets.createSocket(loopback, port));
    refuses(() -> sockets.createSocket(loopback, port, loopback, 0));
    refuses(() -> sockets.createSocket("pds.example.com", port, loopback, 0));
    try (Socket socket = sockets.createSocket()) {
      refuses(() -> socket.connect(new InetSocketAddress(loopback, port)));
      refuses(() -> socket.connect(new InetSocketAddress(loopback, port), 1_000));
      refuses(() -> socket.connect(InetSocketAddress.createUnresolved("pds.example.com", 443)));
      refuses(() -> socket.connect(new InetSocketAddress(address("8.8.8.8"), 22)));
      SocketAddress file = UnixDomainSocketAddress.of("x");
      refuses(() -> socket.connect(file));
      assertThat(socket.isConnected()).isFalse();
    }
  }

  private interface Connecting {
    void run() throws IOException;
  }

  private static void refuses(Connecting connecting) {
    assertThatThrownBy(connecting::run).isInstanceOf(AddressRefusedException.class);
  }

  @Test
  void sockets_connectInEveryFormThatIsAllowed() throws IOException {
    SocketFactory sockets = publicAnd("127.0.0.1", answering("127.0.0.1")).socketFactory();
    InetAddress loopback = address("127.0.0.1");
    int port = inside.port();

    try (Socket a = sockets.createSocket("pds.example.com", port);
        Socket b = sockets.createSocket(loopback, port);
        Socket c = sockets.createSocket(loopback, port, loopback, 0);
        Socket d = sockets.createSocket("pds.example.com", port, loopback, 0)) {
      assertThat(List.of(a, b, c, d)).allMatch(Socket::isConnected);
    }
  }

  // A proxy would connect for us to where we may not, and SOCKS even looks the name up.
  @Test
  void request_doesNotUseTheSystemsProxy() throws IOException {
    inside.answer(LocalServer.ok("direct"));
    try (LocalServer proxy = new LocalServer()) {
      proxy.answer(LocalServer.ok("proxy"));
      for (String kind : List.of("http.proxy", "socksProxy")) {
        System.setProperty(kind + "Host", "127.0.0.1");
        System.setProperty(kind + "Port", String.valueOf(proxy.port()));
        System.setProperty("http.nonProxyHosts", "");
        try (Response response =
            get(
                publicAnd("127.0.0.1", answering("127.0.0.1")),
                "http://pds.example.com:" + inside.port())) {
          assertThat(response.body().string()).isEqualTo("direct");
        } finally {
          System.clearProperty(kind + "Host");
          System.clearProperty(kind + "Port");
          System.clearProperty("http.nonProxyHosts");
        }
      }
      assertThat(proxy.paths()).isEmpty();
    }
  }

  // Redirects.

  @Test
  void request_doesNotFollowRedirectsByItself() throws IOException {
    inside.answer(LocalServer.status(302, "", "Location", "http://other.example.com/"));

    try (Response response =
        get(
            publicAnd("127.0.0.1", answering("127.0.0.1")),
            "http://pds.example.com:" + inside.port())) {
      assertThat(response.code()).isEqualTo(302);
    }
    assertThat(inside.paths()).hasSize(1);
  }

  private Response getFollowing(int limit, String url) throws IOException {
    AddressPolicy policy = publicAnd("127.0.0.1", answering("127.0.0.1"));
    OkHttpClient.Builder client =
        new OkHttpClient.Builder().addInterceptor(AddressPolicy.redirects(limit));
    return policy
        .applyTo(client)
        .build()
        .newCall(
            new Request.Builder()
                .url(url)
                .header("Authorization", "Bearer secret")
                .header("X-Kept", "yes")
                .build())
        .execute();
  }

  private String outside(String path) {
    return "http://pds.example.com:" + inside.port() + path;
  }

  @Test
  void redirects_areFollowedUpToTheLimit() throws IOException {
    inside.answer(
        (request, to) -> {
          int hop = Integer.parseInt(request.path().substring(1));
          LocalServer.status(307, "", "Location", "/" + (hop + 1)).give(request, to);
        });

    try (Response response = getFollowing(3, outside("/0"))) {
      assertThat(response.code()).isEqualTo(307);
    }
    assertThat(inside.paths()).containsExactly("/0", "/1", "/2", "/3");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:%d/secret",
        "http://localhost:%d/secret",
        "http://[::1]:%d/secret",
        "//127.0.0.1:%d/secret",
        "http://db.internal:%d/secret"
      })
  void redirects_toTheInsideAreRefused(String location) {
    inside.answer(LocalServer.status(302, "", "Location", location.formatted(inside.port())));

    assertThatThrownBy(() -> getFollowing(3, outside("/start")).close())
        .isInstanceOf(AddressRefusedException.class);
    assertThat(inside.paths()).containsExactly("/start");
  }

  @Test
  void redirects_giveNothingAwayToAnotherHost() throws IOException {
    inside.answer(
        (request, to) -> {
          boolean start = request.path().equals("/start");
          String other = "http://other.example.com:" + inside.port() + "/end";
          (start ? LocalServer.status(302, "", "Location", other) : LocalServer.ok("end"))
              .give(request, to);
        });

    try (Response response = getFollowing(1, outside("/start"))) {
      assertThat(response.body().string()).isEqualTo("end");
    }
    assertThat(inside.requests().get(0).header("Authorization")).isNotNull();
    assertThat(inside.requests().get(1).header("Authorization")).isNull();
    assertThat(inside.requests().get(1).header("X-Kept")).isEqualTo("yes");
    assertThat(inside.requests().get(1).header("Host")).startsWith("other.example.com");
  }

  @Test
  void redirects_refuseALimitOutsideOfOneToThree() {
    assertThatThrownBy(() -> AddressPolicy.redirects(4))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> AddressPolicy.redirects(0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  // WebSockets.

  @ParameterizedTest
  @ValueSource(strings = {"ws://127.0.0.1:%d/", "ws://pds.example.com:%d/", "ws://localhost:%d/"})
  void webSockets_areRefusedAlike(String url) {
    AddressPolicy policy = publicAnd("127.0.0.2", answering("127.0.0.1"));

    assertThat(openWebSocket(policy, url.formatted(inside.port())))
        .isInstanceOf(AddressRefusedException.class);
    assertThat(inside.paths()).isEmpty();
  }

  @Test
  void webSockets_doNotFollowRedirects() {
    inside.answer(LocalServer.status(302, "", "Location", "http://pds.example.com/x"));

    assertThat(
            openWebSocket(
                publicAnd("127.0.0.1", answering("127.0.0.1")),
                "ws://pds.example.com:" + inside.port()))
        .isNotNull();
    assertThat(inside.paths()).hasSize(1);
  }

  /** Why it does not open. */
  private static Throwable openWebSocket(AddressPolicy policy, String url) {
    OkHttpClient client = policy.applyTo(new OkHttpClient.Builder()).build();
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    client.newWebSocket(
        new Request.Builder().url(url).build(),
        new WebSocketListener() {
          @Override
          public void onOpen(WebSocket socket, Response response) {
            failure.completeExceptionally(new AssertionError("opened"));
          }

          @Override
          public void onFailure(WebSocket socket, Throwable why, @Nullable Response response) {
            failure.complete(why);
          }
        });
    Throwable why = failure.join();
    client.dispatcher().executorService().shutdown();
    return why;
  }
}
