// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.host;

/** What becomes of a request to crawl a host. */
public enum CrawlAnswer {
  /** The host is new, and is being connected to. */
  ADDED,
  /** The host is known; if it was not connected it is being tried now. */
  KNOWN,
  /** The name is none that a host may have. */
  BAD_HOSTNAME,
  /** The host does not answer as a PDS does. */
  NOT_A_PDS,
  /** The operator has banned the host, or it is a relay itself. */
  BANNED,
  /** The operator has banned a domain that the host is in. */
  DOMAIN_BANNED,
  /** So many hosts were added today that this one has to wait. */
  TOO_MANY_NEW,
  /** The same of hosts below one registered domain. */
  TOO_MANY_OF_DOMAIN,
  /** The same of hosts that one address asked for. */
  TOO_MANY_FROM_ADDRESS,
}
