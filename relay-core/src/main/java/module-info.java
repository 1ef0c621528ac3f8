// SPDX-License-Identifier: MIT OR Apache-2.0
import org.jspecify.annotations.NullMarked;

/** The relay as a library: hosts, lanes, sequencer, event log, consumers. */
@NullMarked
module dev.atprotojava.relay {
  requires static org.jspecify;
  requires dev.atprotojava.multiformats;
  requires java.sql;
  requires org.slf4j;
  requires transitive dev.atprotojava.sync.client;

  exports dev.atprotojava.relay;
  exports dev.atprotojava.relay.account;
  exports dev.atprotojava.relay.backup;
  exports dev.atprotojava.relay.consumer;
  exports dev.atprotojava.relay.host;
  exports dev.atprotojava.relay.identity;
  exports dev.atprotojava.relay.ingest to
      dev.atprotojava.simulator;
  exports dev.atprotojava.relay.log to
      dev.atprotojava.simulator;
  exports dev.atprotojava.relay.outbound to
      dev.atprotojava.simulator;
  exports dev.atprotojava.relay.store to
      dev.atprotojava.simulator;
  exports dev.atprotojava.relay.upstream to
      dev.atprotojava.simulator;
}
