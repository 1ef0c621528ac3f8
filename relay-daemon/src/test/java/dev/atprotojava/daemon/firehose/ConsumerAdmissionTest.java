// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.firehose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.daemon.firehose.ConsumerAdmission.Place;
import dev.atprotojava.daemon.firehose.ConsumerAdmission.Refusal;
import dev.atprotojava.daemon.firehose.ConsumerAdmission.Refused;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConsumerAdmissionTest {
  private static final InetAddress ONE = InetAddress.ofLiteral("203.0.113.1");
  private static final InetAddress OTHER = InetAddress.ofLiteral("203.0.113.2");

  /** One that opens connection after connection must not take everybody's place. */
  @Test
  void enter_holdsEachAddressToItsPlaces() {
    ConsumerAdmission admission = new ConsumerAdmission(10, 2);
    admission.enter(ONE);
    admission.enter(ONE);

    assertThat(admission.enter(ONE)).isEqualTo(new Refused(Refusal.ADDRESS_HAS_ITS_PLACES));
    assertThat(admission.enter(OTHER)).isInstanceOf(Place.class);
    assertThat(admission.taken()).isEqualTo(3);
    assertThat(admission.refusals(Refusal.ADDRESS_HAS_ITS_PLACES)).isEqualTo(1);
    assertThat(admission.refusals(Refusal.ALL_PLACES_TAKEN)).isZero();
  }

  @Test
  void enter_holdsAllToTheirPlaces() {
    ConsumerAdmission admission = new ConsumerAdmission(2, 2);
    admission.enter(ONE);
    Place last = (Place) admission.enter(OTHER);

    assertThat(admission.enter(OTHER)).isEqualTo(new Refused(Refusal.ALL_PLACES_TAKEN));
    last.giveBack();
    assertThat(admission.enter(ONE)).isInstanceOf(Place.class);
    assertThat(admission.refusals(Refusal.ALL_PLACES_TAKEN)).isEqualTo(1);
  }

  /** Whoever has one address of IPv6 has 2^64 of them. */
  @Test
  void enter_takesA64OfIpv6ForOneAddress() {
    ConsumerAdmission admission = new ConsumerAdmission(10, 1);
    admission.enter(InetAddress.ofLiteral("2001:db8:0:1::1"));

    assertThat(admission.enter(InetAddress.ofLiteral("2001:db8:0:1:ffff::2")))
        .isInstanceOf(Refused.class);
    assertThat(admission.enter(InetAddress.ofLiteral("2001:db8:0:2::1"))).isInstanceOf(Place.class);
  }

  /** A connection has several ends, and each gives the place back. */
  @Test
  void giveBack_countsOnce() {
    ConsumerAdmission admission = new ConsumerAdmission(10, 1);
    Place place = (Place) admission.enter(ONE);
    admission.enter(OTHER);

    place.giveBack();
    place.giveBack();

    assertThat(admission.taken()).isEqualTo(1);
    assertThat(admission.enter(ONE)).isInstanceOf(Place.class);
    assertThat(admission.enter(ONE)).isInstanceOf(Refused.class);
  }

  /** Places that leak under contention would close the door for ever, a few at a time. */
  @Test
  void enter_losesNoPlacesToRaces() throws InterruptedException {
    ConsumerAdmission admission = new ConsumerAdmission(3, 2);
    AtomicInteger together = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch begin = new CountDownLatch(1);
    var threads =
        IntStream.range(0, 4)
            .mapToObj(
                number ->
                    Thread.ofPlatform()
                        .start(
                            () -> {
                              try {
                                begin.await();
                              } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                              }
                              for (int i = 0; i < 20_000; i++) {
                                if (admission.enter(number % 2 == 0 ? ONE : OTHER)
                                    instanceof Place place) {
                                  most.accumulateAndGet(together.incrementAndGet(), Math::max);
                                  together.decrementAndGet();
                                  place.giveBack();
                                }
                              }
                            }))
            .toList();
    begin.countDown();
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(most.get()).isBetween(1, 3);
    assertThat(admission.taken()).isZero();
    assertThat(admission.enter(ONE)).isInstanceOf(Place.class);
    assertThat(admission.enter(ONE)).isInstanceOf(Place.class);
    assertThat(admission.enter(OTHER)).isInstanceOf(Place.class);
  }

  @Test
  void awaitEmpty_waitsForTheLastToGo() throws InterruptedException {
    ConsumerAdmission admission = new ConsumerAdmission(3, 3);
    assertThat(admission.awaitEmpty(Duration.ZERO)).isTrue();
    Place place = (Place) admission.enter(ONE);
    assertThat(admission.awaitEmpty(Duration.ofMillis(1))).isFalse();

    Thread leaving = Thread.ofPlatform().start(place::giveBack);

    assertThat(admission.awaitEmpty(Duration.ofSeconds(30))).isTrue();
    leaving.join();
  }
}
