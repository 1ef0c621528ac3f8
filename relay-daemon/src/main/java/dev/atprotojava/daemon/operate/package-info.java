// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * The relay's own administration: XRPC methods below {@code dev.atprotojava.relay}, behind {@link
 * dev.atprotojava.daemon.admin.AdminGate}, used by {@code relay admin}.
 *
 * <p>A method is four things, and {@code OperatorMethodsTest} fails while one is missing:
 *
 * <ol>
 *   <li>a Lexicon, {@code lexicons/dev/atprotojava/relay/NAME.json} in the resources: parameters or
 *       input, output, and the names of its errors. Numbers are whole, moments are {@code
 *       datetime}, lists have a {@code limit} and a {@code cursor};
 *   <li>a class {@code NameEndpoint} here that answers it;
 *   <li>a line in {@link dev.atprotojava.daemon.operate.OperatorMethods}, which says where it runs;
 *   <li>if it changes something, an entry in the trail: {@link dev.atprotojava.relay.AuditTrail}
 *       for what is nowhere in the store, or {@code RelayStore.audit} in the same {@code
 *       atomically} as the change. The actor is {@link dev.atprotojava.daemon.http.Request#actor};
 *       the action is {@code noun.verb}.
 * </ol>
 *
 * <p>A query never changes anything. A procedure reads its body by {@link
 * dev.atprotojava.daemon.http.JsonObject#only}, so that a field that is mistyped is refused and not
 * passed over, and says in its output how it is now.
 */
@NullMarked
package dev.atprotojava.daemon.operate;

import org.jspecify.annotations.NullMarked;
