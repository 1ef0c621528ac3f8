// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.store;

import java.time.Instant;

/**
 * Something that an administrator did. Texts are short; what they say of a state is for people to
 * read.
 *
 * @param at when
 * @param actor who, by the name of the key that was used
 * @param action what, such as {@code host.ban}
 * @param subject to whom: a hostname, a domain, a DID
 * @param before how it was; empty if there was nothing to say
 * @param after how it is; empty if there is nothing to say
 */
public record AuditEntry(
    Instant at, String actor, String action, String subject, String before, String after) {}
