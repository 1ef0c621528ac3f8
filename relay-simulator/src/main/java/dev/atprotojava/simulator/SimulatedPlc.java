// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import dev.atprotojava.syntax.Did;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The directory of did:plc as {@code GET /{did}} shows it (ID-11, ID-12): the document of every
 * account of the network, used or not. Thread-safe; never blocks.
 */
public final class SimulatedPlc {
  private final SimulatedNetwork network;
  private final Set<Did> tombstones = ConcurrentHashMap.newKeySet();
  private final AtomicLong requests = new AtomicLong();
  private volatile boolean down;

  SimulatedPlc(SimulatedNetwork network) {
    this.network = network;
  }

  /** What the directory answers for the path behind its first slash. */
  public PlcResponse get(String path) {
    requests.incrementAndGet();
    if (down) {
      return new PlcResponse(503, "{\"message\":\"down\"}");
    }
    SimulatedAccount account = Did.isValid(path) ? network.find(Did.parse(path)) : null;
    if (account == null) {
      return new PlcResponse(404, "{\"message\":\"DID not registered\"}");
    }
    if (tombstones.contains(account.did())) {
      return new PlcResponse(410, "{\"message\":\"DID not available\"}");
    }
    return new PlcResponse(200, document(account));
  }

  /** No value has a character that JSON would escape: see the syntax of each. */
  private static String document(SimulatedAccount account) {
    return """
    {"@context":["https://www.w3.org/ns/did/v1","https://w3id.org/security/multikey/v1"],\
    "id":"%1$s","alsoKnownAs":["at://%2$s"],\
    "verificationMethod":[{"id":"%1$s#atproto","type":"Multikey","controller":"%1$s",\
    "publicKeyMultibase":"%3$s"}],\
    "service":[{"id":"#atproto_pds","type":"AtprotoPersonalDataServer","serviceEndpoint":"%4$s"}]}\
    """
        .formatted(
            account.did(),
            account.handle(),
            account.publicKey().toMultikey(),
            account.host().endpoint());
  }

  /** Answers 410 for a DID from now on. */
  public void tombstone(Did did) {
    tombstones.add(did);
  }

  /** Whether everything is answered with 503. */
  public void down(boolean nowDown) {
    down = nowDown;
  }

  /** How often it was asked. */
  public long requests() {
    return requests.get();
  }
}
