// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.assembly;

import dev.atprotojava.daemon.config.Product;
import dev.atprotojava.relay.host.HostProbe;
import java.io.IOException;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** Asks a server whether it is a PDS, over HTTP. */
public final class DescribeServerProbe implements HostProbe {
  private final OkHttpClient client;
  private final String userAgent;

  /**
   * A probe.
   *
   * @param client with the address policy, and a limit of a few seconds on a call
   */
  public DescribeServerProbe(OkHttpClient client, String userAgent) {
    this.client = client;
    this.userAgent = userAgent;
  }

  @Override
  public void describeServer(String hostname, boolean secure) throws IOException {
    HttpUrl url =
        HttpUrl.parse(
            (secure ? "https://" : "http://")
                + hostname
                + "/xrpc/com.atproto.server.describeServer");
    if (url == null) {
      throw new IOException("there is no such host"); // a name that decodes to none, such as xn--0
    }
    Request request = new Request.Builder().url(url).header("User-Agent", userAgent).build();
    try (Response response = client.newCall(request).execute()) {
      if (!response.isSuccessful()) {
        throw new IOException("describeServer answers " + response.code());
      }
      String server = response.header("Server");
      if (server != null && Product.isRelay(server)) {
        throw new IOException("it is a relay");
      }
    }
  }

  /** By the list of public suffixes that the client has. */
  @Override
  public String registeredDomain(String hostname) {
    HttpUrl url = HttpUrl.parse("https://" + hostname);
    String domain = url == null ? null : url.topPrivateDomain();
    return domain == null ? HostProbe.super.registeredDomain(hostname) : domain;
  }
}
