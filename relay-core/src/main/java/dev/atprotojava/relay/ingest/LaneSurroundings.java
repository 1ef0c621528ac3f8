// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

import dev.atprotojava.relay.IdentitySource;
import dev.atprotojava.relay.StatusSource;
import dev.atprotojava.relay.account.AccountRooms;
import dev.atprotojava.sync.client.NanoClock;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Whom lanes ask, and tell.
 *
 * @param uids gives the numbers of new accounts
 * @param loader has the accounts that are not in memory
 * @param identities says who an account is
 * @param statuses says what its host thinks of it
 * @param losses told that events of an account were lost
 * @param rooms say how many accounts each host may have
 * @param clock the time of day
 * @param nanos elapsed time
 * @param random must be unpredictable; used by all lanes
 */
public record LaneSurroundings(
    LongSupplier uids,
    AccountLoader loader,
    IdentitySource identities,
    StatusSource statuses,
    LossSink losses,
    AccountRooms rooms,
    InstantSource clock,
    NanoClock nanos,
    RandomGenerator random) {}
