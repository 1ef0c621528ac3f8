// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.crypto.P256PublicKey;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.testing.Gen;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SimulatedNetworkTest {
  /** Damage: anything taken from a real clock, an identity hash or an unseeded generator. */
  @Test
  void act_withTheSameSeedAndClock_givesTheSameBytes() {
    assertThat(logsAfter(5)).isEqualTo(logsAfter(5)).isNotEqualTo(logsAfter(6));
  }

  private static List<List<Bytes>> logsAfter(long seed) {
    VirtualClock clock = new VirtualClock(Networks.START);
    SimulatedNetwork network = Networks.of(seed, clock);
    Networks.act(network, clock, 200);
    List<List<Bytes>> logs = new ArrayList<>();
    for (SimulatedPds host : network.hosts()) {
      List<Bytes> log = new ArrayList<>();
      for (long seq = 1; seq <= host.lastSeq(); seq++) {
        StreamMessage message = host.find(seq);
        assertThat(message).isNotNull();
        log.add(message.payload());
      }
      logs.add(log);
    }
    return logs;
  }

  /** Damage: an account that the directory does not find, or two accounts with one DID. */
  @Test
  void find_everyDid_givesItsAccount() {
    SimulatedNetwork network =
        new SimulatedNetwork(NetworkShape.of(9, 7, 100_000), new VirtualClock(Networks.START));
    Set<Did> dids = new HashSet<>();
    for (int number = 0; number < 100_000; number += 37) {
      SimulatedAccount account = network.account(number);
      assertThat(account.did().isPlc()).isTrue();
      assertThat(dids.add(account.did())).isTrue();
      assertThat(network.find(account.did())).isSameAs(account);
      assertThat(account.host().number()).isEqualTo(number % 7);
    }
  }

  /** Damage: an answer for a DID of another network, which would be an account out of range. */
  @Test
  void find_aDidOfAnotherNetwork_isNull() {
    SimulatedNetwork network = Networks.of(1);
    assertThat(network.find(Networks.of(2).account(3).did())).isNull();
    assertThat(network.find(Did.parse("did:web:example.com"))).isNull();
    Gen.forAll(
        200,
        gen -> {
          Did any = Did.parse("did:plc:" + gen.text("abcdefghijklmnopqrstuvwxyz234567", 24));
          assertThat(network.find(any)).isNull();
        });
  }

  /** Damage: a network of one curve only, which would leave the other untested in a relay. */
  @Test
  void publicKey_ofAFifth_isP256() {
    SimulatedNetwork network =
        new SimulatedNetwork(NetworkShape.of(3, 1, 400), new VirtualClock(Networks.START));
    int p256 = 0;
    for (int number = 0; number < 400; number++) {
      if (network.account(number).publicKey() instanceof P256PublicKey) {
        p256++;
      }
    }
    assertThat(p256).isBetween(50, 110);
  }

  /** Damage: a rotation or a move that the directory does not show. */
  @Test
  void plc_afterRotationAndMove_showsTheNewKeyAndHost() {
    SimulatedNetwork network = Networks.of(4);
    SimulatedAccount account = network.account(0);
    String before = network.plc().get(account.did().toString()).body();
    assertThat(before)
        .contains(account.publicKey().toMultikey())
        .contains("at://" + account.handle())
        .contains("\"serviceEndpoint\":\"https://pds0.example.com\"");

    account.rotateKey();
    account.moveTo(network.hosts().get(2));

    String after = network.plc().get(account.did().toString()).body();
    assertThat(after)
        .contains(account.publicKey().toMultikey())
        .contains("\"serviceEndpoint\":\"https://pds2.example.com\"");
    assertThat(before).doesNotContain(account.publicKey().toMultikey());
  }

  /** Damage: a missing account that reads as an outage, or an outage that reads as an answer. */
  @Test
  void plc_withoutDocument_saysWhy() {
    SimulatedNetwork network = Networks.of(4);
    SimulatedAccount account = network.account(1);
    assertThat(network.plc().get("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa").status()).isEqualTo(404);
    assertThat(network.plc().get("nonsense").status()).isEqualTo(404);
    network.plc().tombstone(account.did());
    assertThat(network.plc().get(account.did().toString()).status()).isEqualTo(410);
    network.plc().down(true);
    assertThat(network.plc().get(account.did().toString()).status()).isEqualTo(503);
    assertThat(network.plc().requests()).isEqualTo(4);
  }
}
