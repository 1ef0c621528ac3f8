// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

/**
 * What the directory answers to a GET.
 *
 * @param status the HTTP status
 * @param body JSON
 */
public record PlcResponse(int status, String body) {}
