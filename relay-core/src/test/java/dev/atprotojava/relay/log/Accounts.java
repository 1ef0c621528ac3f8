// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.relay.EventKind;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.DidHash;
import dev.atprotojava.relay.account.LocalStatus;
import dev.atprotojava.relay.outbound.OutboundEvent;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.RepoState;
import dev.atprotojava.testing.Gen;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Events of several accounts, and what became of them in a segment. */
final class Accounts {
  private Accounts() {}

  /** A record in a segment: its bytes from header to padding, and where they are. */
  record Raw(String file, int at, Bytes data) {
    byte[] bytes() {
      return data.toByteArray();
    }

    private ByteBuffer in() {
      return ByteBuffer.wrap(bytes()).order(ByteOrder.LITTLE_ENDIAN);
    }

    long seq() {
      return in().getLong(8);
    }

    EventKind kind() {
      return EventKind.ofCode(data.at(24));
    }

    boolean erased() {
      return (data.at(25) & 4) != 0;
    }

    long didHash() {
      return in().getLong(56);
    }

    boolean isContent() {
      return kind() == EventKind.COMMIT || kind() == EventKind.SYNC;
    }

    /** This as an erasure leaves it, but for the checksum. */
    byte[] withoutPayload() {
      byte[] left = bytes();
      Arrays.fill(left, 96, left.length, (byte) 0);
      left[25] |= 4;
      return left;
    }
  }

  /** An event of the account with a hash. */
  static OutboundEvent event(Gen gen, EventKind kind, long didHash, int length) {
    OutboundEvent raw = Events.raw(gen, length);
    AccountRecord account =
        new AccountRecord(
            1,
            Events.DID,
            new DidHash(didHash, 0),
            7,
            AccountStatus.ACTIVE,
            LocalStatus.ACTIVE,
            true,
            new RepoState(Events.REV, Events.DATA, Events.COMMIT));
    return Events.event(kind, raw.frame(), raw.origin(), account);
  }

  /** Some events of four accounts, 1 to 4, in batches. */
  static void fill(Gen gen, TestLog log, int events) {
    List<OutboundEvent> batch = new ArrayList<>();
    for (int i = 0; i < events; i++) {
      int length = gen.oneIn(15) ? gen.between(2, 300_000) : gen.between(2, 3000);
      batch.add(event(gen, gen.oneOf(EventKind.values()), gen.between(1, 4), length));
      if (gen.oneIn(4)) {
        log.log.append(batch);
        batch.clear();
      }
    }
    if (!batch.isEmpty()) {
      log.log.append(batch);
    }
  }

  /** All records of a log that is whole. */
  static List<Raw> records(MemoryStorage storage) {
    List<Raw> all = new ArrayList<>();
    for (String name : storage.names(".log")) {
      byte[] segment = storage.bytes(name);
      ByteBuffer in = ByteBuffer.wrap(segment);
      for (int at = 64; at < segment.length; at += Stored.sizeAt(in, at)) {
        Stored.at(in, at); // its checksum is right
        byte[] bytes = new byte[Stored.sizeAt(in, at)];
        in.get(at, bytes);
        all.add(new Raw(name, at, Bytes.wrap(bytes)));
      }
    }
    return all;
  }
}
