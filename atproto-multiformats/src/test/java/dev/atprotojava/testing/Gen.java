// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A seeded source of random values for property tests.
 *
 * <p>{@link #forAll} runs a property once with each of a fixed range of seeds and then with seeds
 * of this run; a failure names its seed, and {@code -Dgen.seed=N} runs that one alone. Values grow
 * with the number of the run ({@link #size}), so the first failure is usually a small one.
 */
public final class Gen {
  private static final int FIXED_SEEDS = 64;

  private final SplittableRandom random;
  private final int size;

  private Gen(long seed, int size) {
    this.random = new SplittableRandom(seed);
    this.size = size;
  }

  /** A generator for one seed, with values of full size. */
  public static Gen of(long seed) {
    return new Gen(seed, 100);
  }

  /** Runs a property {@code runs} times; the first failure ends it. */
  public static void forAll(int runs, Consumer<Gen> property) {
    Long only = Long.getLong("gen.seed");
    if (only != null) {
      check(only, 100, property);
      return;
    }
    long fresh = System.nanoTime();
    for (int run = 0; run < runs; run++) {
      long seed = run < FIXED_SEEDS ? run : fresh + run;
      check(seed, 1 + 100 * run / runs, property);
    }
  }

  private static void check(long seed, int size, Consumer<Gen> property) {
    try {
      property.accept(new Gen(seed, size));
    } catch (Throwable failure) {
      throw new AssertionError("seed " + seed + " size " + size + ": " + failure, failure);
    }
  }

  /** 1 to 100: how large values should be. */
  public int size() {
    return size;
  }

  /** A number from 0 to {@code bound - 1}. */
  public int nextInt(int bound) {
    return random.nextInt(bound);
  }

  /** A number from {@code low} to {@code high}, both included. */
  public int between(int low, int high) {
    return low + random.nextInt(high - low + 1);
  }

  /** Any long. */
  public long nextLong() {
    return random.nextLong();
  }

  /** A long of any magnitude, each number of bits equally likely. */
  public long anyMagnitude() {
    return random.nextLong() >> random.nextInt(64);
  }

  /** True with the probability {@code 1 / n}. */
  public boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  /** Exactly {@code length} random bytes. */
  public byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** At most {@link #size} random bytes. */
  public byte[] bytes() {
    return bytes(random.nextInt(size + 1));
  }

  /** A text of {@code length} characters of an alphabet. */
  public String text(String alphabet, int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }

  /** A text of at most {@link #size} code points of every length in UTF-8. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(size + 1); i > 0; i--) {
      int codePoint =
          switch (random.nextInt(4)) {
            case 0 -> random.nextInt(0x80);
            case 1 -> random.nextInt(0x80, 0x800);
            case 2 -> random.nextBoolean() ? random.nextInt(0x800, 0xd800) : 0xffff;
            default -> random.nextInt(0x10000, 0x110000);
          };
      text.appendCodePoint(codePoint);
    }
    return text.toString();
  }

  /** One of some values. */
  @SafeVarargs
  public final <T> T oneOf(T... values) {
    return values[random.nextInt(values.length)];
  }

  /** One of some values. */
  public <T> T oneOf(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  /** At most {@link #size} values. */
  public <T> List<T> list(Function<Gen, T> element) {
    List<T> list = new ArrayList<>();
    for (int i = random.nextInt(size + 1); i > 0; i--) {
      list.add(element.apply(this));
    }
    return list;
  }
}
