// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * What the relay knows of identities on disk: the second level of its identity directory, and what
 * fills it from the log of a PLC directory.
 *
 * <p>Start with {@link dev.atprotojava.relay.identity.SqliteIdentityStore}.
 */
@NullMarked
package dev.atprotojava.relay.identity;

import org.jspecify.annotations.NullMarked;
