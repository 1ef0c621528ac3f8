// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

/**
 * How much a directory is asked at most (ID-16, ID-54).
 *
 * @param concurrent requests under way at the same time
 * @param perSecond requests started in a second, on average; a tenth of it may start at once
 * @param queued lookups that wait for their turn; one more is refused
 */
public record RequestLimits(int concurrent, int perSecond, int queued) {

  /** Refuses limits that would let nothing pass. */
  public RequestLimits {
    if (concurrent < 1 || perSecond < 1 || queued < 0) {
      throw new IllegalArgumentException(
          "request limits must be positive: " + concurrent + ", " + perSecond + ", " + queued);
    }
  }

  /**
   * For each PLC directory: 32 at a time, 100 a second, 10,000 waiting. A relay that starts with
   * nothing should ask its directory what it may take, and set that.
   */
  public static RequestLimits ofPlc() {
    return new RequestLimits(32, 100, 10_000);
  }

  /** For all hosts of did:web together: 32 at a time, 50 a second, 1,000 waiting. */
  public static RequestLimits ofWeb() {
    return new RequestLimits(32, 50, 1_000);
  }
}
