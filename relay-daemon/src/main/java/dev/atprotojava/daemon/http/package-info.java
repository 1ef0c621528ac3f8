// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * What all of the daemon's HTTP has in common, between Undertow and the endpoints.
 *
 * <p>{@link dev.atprotojava.daemon.http.Routes} finds the {@link
 * dev.atprotojava.daemon.http.Endpoint} of a request, which turns a {@link
 * dev.atprotojava.daemon.http.Request} into an {@link dev.atprotojava.daemon.http.Answer} on a
 * thread where it may block; {@link dev.atprotojava.daemon.http.ApiServer} is the server around
 * them, with its limits.
 */
@NullMarked
package dev.atprotojava.daemon.http;

import org.jspecify.annotations.NullMarked;
