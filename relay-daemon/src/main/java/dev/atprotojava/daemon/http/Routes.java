// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.http;

import dev.atprotojava.syntax.Nsid;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;

/**
 * Which endpoint answers: by the exact path, then by the method. HEAD is what GET would say without
 * the body.
 */
public final class Routes implements HttpHandler {
  private static final String XRPC = "/xrpc/";

  private final Map<String, Map<HttpString, HttpHandler>> paths;

  private Routes(Map<String, Map<HttpString, HttpHandler>> paths) {
    this.paths = paths;
  }

  /** Routes without any. */
  public static Builder builder() {
    return new Builder();
  }

  /** The paths that have an answer, with the methods of each: what there is to be documented. */
  public Map<String, Set<String>> paths() {
    Map<String, Set<String>> all = new TreeMap<>();
    paths.forEach(
        (path, methods) ->
            all.put(
                path,
                methods.keySet().stream()
                    .map(HttpString::toString)
                    .collect(Collectors.toUnmodifiableSet())));
    return all;
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    Map<HttpString, HttpHandler> methods = paths.get(exchange.getRequestPath());
    if (methods == null) {
      refusePath(exchange);
      return;
    }
    HttpString method = exchange.getRequestMethod();
    HttpHandler handler = methods.get(method.equals(Methods.HEAD) ? Methods.GET : method);
    if (handler == null) {
      exchange.getResponseHeaders().put(Headers.ALLOW, allowed(methods));
      Errors.send(
          exchange,
          StatusCodes.METHOD_NOT_ALLOWED,
          "MethodNotAllowed",
          "the method must be " + allowed(methods));
      return;
    }
    handler.handleRequest(exchange);
  }

  private static void refusePath(HttpServerExchange exchange) {
    String path = exchange.getRequestPath();
    if (path.startsWith(XRPC) && Nsid.isValid(path.substring(XRPC.length()))) {
      Errors.send(
          exchange,
          StatusCodes.NOT_IMPLEMENTED,
          "MethodNotImplemented",
          "this relay does not have that method");
    } else {
      Errors.send(exchange, StatusCodes.NOT_FOUND, "NotFound", "there is nothing here");
    }
  }

  private static String allowed(Map<HttpString, HttpHandler> methods) {
    TreeSet<String> names =
        methods.keySet().stream()
            .map(HttpString::toString)
            .collect(Collectors.toCollection(TreeSet::new));
    if (names.contains("GET")) {
      names.add("HEAD");
    }
    return String.join(", ", names);
  }

  /** Collects routes. */
  public static final class Builder {
    private final Map<String, Map<HttpString, HttpHandler>> paths = new LinkedHashMap<>();

    private Builder() {}

    /**
     * What is read.
     *
     * @param threads where the endpoint runs
     */
    public Builder get(String path, Executor threads, Endpoint endpoint) {
      return route(path, Methods.GET, new EndpointRunner(endpoint, threads, false));
    }

    /**
     * What is done.
     *
     * @param threads where the endpoint runs
     */
    public Builder post(String path, Executor threads, Endpoint endpoint) {
      return route(path, Methods.POST, new EndpointRunner(endpoint, threads, true));
    }

    /** An XRPC query. */
    public Builder query(String nsid, Executor threads, Endpoint endpoint) {
      return get(XRPC + nsid, threads, endpoint);
    }

    /** An XRPC procedure. */
    public Builder procedure(String nsid, Executor threads, Endpoint endpoint) {
      return post(XRPC + nsid, threads, endpoint);
    }

    /** An XRPC subscription. */
    public Builder subscription(String nsid, HttpHandler handler) {
      return route(XRPC + nsid, Methods.GET, handler);
    }

    private Builder route(String path, HttpString method, HttpHandler handler) {
      if (paths.computeIfAbsent(path, _ -> new LinkedHashMap<>()).put(method, handler) != null) {
        throw new IllegalArgumentException(method + " " + path + " twice");
      }
      return this;
    }

    /** The routes. */
    public Routes build() {
      return new Routes(Map.copyOf(paths));
    }
  }
}
