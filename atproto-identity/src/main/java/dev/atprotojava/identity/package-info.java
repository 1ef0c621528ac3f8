// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * Who a DID is, now: its signing key, its server, the handle it claims. Rule numbers such as ID-12
 * in this package are those of the project's digest of the specification.
 *
 * <p>Start with {@link dev.atprotojava.identity.IdentityDirectory} and the one that exists, {@link
 * dev.atprotojava.identity.CachingDirectory#open}. It asks a {@link
 * dev.atprotojava.identity.PlcResolver} or {@link dev.atprotojava.identity.WebDidResolver}, which
 * fetch a {@link dev.atprotojava.identity.DidDocument} through an {@link
 * dev.atprotojava.identity.HttpFetcher} under an {@link dev.atprotojava.identity.AddressPolicy}.
 * Each of these can be used alone.
 *
 * <p>Handles are resolved by a {@link dev.atprotojava.identity.NetworkHandleResolver}, remembered
 * by a {@link dev.atprotojava.identity.CachingHandleResolver}, and believed by a {@link
 * dev.atprotojava.identity.HandleDirectory} if document and handle agree. The log of a did:plc is
 * read by a {@link dev.atprotojava.identity.PlcLogReader} and judged by a {@link
 * dev.atprotojava.identity.PlcAudit}; a {@link dev.atprotojava.identity.PlcExport} reads those of
 * all DIDs.
 *
 * <p>What strangers and networks do is a value: every {@link
 * dev.atprotojava.identity.IdentityLookup} says what is known, and the one that is no verdict is
 * {@link dev.atprotojava.identity.IdentityLookup.Unavailable}. Time, chance and threads come from
 * outside, through {@link dev.atprotojava.identity.CachingDirectory.Builder}.
 */
@NullMarked
package dev.atprotojava.identity;

import org.jspecify.annotations.NullMarked;
