// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.account;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The {@link AccountRoom}s of all hosts, by their numbers. Thread-safe. */
public final class AccountRooms {
  private final Map<Integer, AccountRoom> rooms = new ConcurrentHashMap<>();

  /** None yet. */
  public AccountRooms() {}

  /** Adds the room of a host. */
  public void add(int hostId, AccountRoom room) {
    rooms.put(hostId, room);
  }

  /** The room of a host; one without a limit if nobody gave it one. */
  public AccountRoom of(int hostId) {
    return rooms.computeIfAbsent(hostId, _ -> new AccountRoom(Long.MAX_VALUE, 0, 0));
  }
}
