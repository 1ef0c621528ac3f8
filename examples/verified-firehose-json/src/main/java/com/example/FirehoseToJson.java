// SPDX-License-Identifier: MIT OR Apache-2.0
package com.example;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborException;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.DataModelJson;
import dev.atprotojava.cbor.MapBuilder;
import dev.atprotojava.sync.client.Delivery;
import dev.atprotojava.sync.client.RepoStateStore;
import dev.atprotojava.sync.client.SqliteRepoStateStore;
import dev.atprotojava.sync.client.VerifiedEvent;
import dev.atprotojava.sync.client.VerifiedEvent.Created;
import dev.atprotojava.sync.client.VerifiedEvent.Deleted;
import dev.atprotojava.sync.client.VerifiedEvent.IdentityChanged;
import dev.atprotojava.sync.client.VerifiedEvent.StatusChanged;
import dev.atprotojava.sync.client.VerifiedEvent.Synchronized;
import dev.atprotojava.sync.client.VerifiedEvent.Updated;
import dev.atprotojava.sync.client.VerifiedFirehose;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;

/** Follows a relay, verifies all that it sends, and prints each event as one line of JSON. */
final class FirehoseToJson {
  private FirehoseToJson() {}

  static void main(String[] args) throws InterruptedException {
    String relay = args.length > 0 ? args[0] : "bsky.network";
    Path state = Path.of(args.length > 1 ? args[1] : "firehose.sqlite");
    try (RepoStateStore store = SqliteRepoStateStore.open(state)) {
      print(VerifiedFirehose.builder(URI.create("wss://" + relay), store), System.out);
    }
  }

  /** Goes on until nobody reads any more, or this thread is interrupted. */
  static void print(VerifiedFirehose.Builder builder, PrintStream out) throws InterruptedException {
    try (VerifiedFirehose firehose = builder.open()) {
      while (true) {
        Delivery delivery = firehose.next();
        out.println(DataModelJson.print(line(delivery.event())));
        if (out.checkError()) { // which flushes; whoever has not read the line gets it another time
          return;
        }
        delivery.ack();
      }
    }
  }

  /** Every event says whose it is; a switch over all kinds needs no default. */
  static CborValue line(VerifiedEvent event) {
    MapBuilder line = CborValue.map().put("did", event.did().toString());
    if (event instanceof VerifiedEvent.RecordChange change) {
      line.put("rev", change.rev().toString()).put("path", change.path().toString());
    }
    switch (event) {
      case Created created ->
          line.put("event", "create")
              .put("cid", created.cid().toString())
              .put("record", record(created.record()));
      case Updated updated ->
          line.put("event", "update")
              .put("cid", updated.cid().toString())
              .put("record", record(updated.record()));
      case Deleted deleted -> line.put("event", "delete");
      case Synchronized complete ->
          line.put("event", "synchronized").put("rev", complete.rev().toString());
      case StatusChanged changed ->
          line.put("event", "status")
              .put("status", changed.status().name().toLowerCase(Locale.ROOT));
      case IdentityChanged changed -> line.put("event", "identity");
    }
    return line.build();
  }

  /** The record as JSON has it. Accounts may sign for any bytes; what is no record becomes null. */
  private static CborValue record(Bytes record) {
    try {
      return CborValue.decode(record);
    } catch (CborException e) {
      return CborValue.ofNull();
    }
  }
}
