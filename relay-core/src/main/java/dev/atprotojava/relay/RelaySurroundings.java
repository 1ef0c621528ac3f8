// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay;

import dev.atprotojava.relay.host.HostProbe;
import dev.atprotojava.sync.client.FrameTransport;
import dev.atprotojava.sync.client.NanoClock;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The world as a relay sees it; each part has a real form and one of tests.
 *
 * @param transport opens the streams of hosts
 * @param identities says who a DID is
 * @param statuses says what a host thinks of an account
 * @param probe asks a server whether it is a PDS
 * @param clock the time of day
 * @param nanos elapsed time
 * @param random must be unpredictable; used by several threads
 * @param fatal told when going on would break a promise: the process must end now, without ceremony
 */
public record RelaySurroundings(
    FrameTransport transport,
    IdentitySource identities,
    StatusSource statuses,
    HostProbe probe,
    InstantSource clock,
    NanoClock nanos,
    RandomGenerator random,
    Consumer<Throwable> fatal) {}
