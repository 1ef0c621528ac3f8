// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * The administration: the routes, methods and names of fields that tools for the reference relay
 * depend on, behind {@link dev.atprotojava.daemon.admin.AdminGate}.
 */
@NullMarked
package dev.atprotojava.daemon.admin;

import org.jspecify.annotations.NullMarked;
