// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

/**
 * A DID document, endpoint, or part of a PLC log that cannot be used. The message says which rule
 * it breaks and never repeats the content.
 *
 * <p>Has no stack trace, because strangers can cause as many of these as they like.
 */
public final class IdentityException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /** What is wrong. */
  public enum Fault {
    /** The document is larger than {@value DidDocument#MAX_BYTES} bytes. */
    TOO_LARGE,
    /** It is nested deeper than {@value DidDocument#MAX_DEPTH} levels, or has endless numbers. */
    TOO_COMPLEX,
    /**
     * It is not one JSON object in UTF-8, or one that readers understand differently because a key
     * is repeated.
     */
    MALFORMED,
    /** The document is about another DID, or does not say about which (ID-02). */
    WRONG_ID,
    /** A service endpoint is not the origin of a server that may be asked (ID-34). */
    ENDPOINT,
    /** It is not an operation of did:plc in one of the three forms (ID-70). */
    OPERATION,
    /** It is not a row of a PLC directory's log. */
    LOG_ENTRY,
    /** It is not a position in a PLC export. */
    LOG_POSITION
  }

  private final Fault fault;

  IdentityException(Fault fault, String message) {
    super(message);
    this.fault = fault;
  }

  /** What is wrong. */
  public Fault fault() {
    return fault;
  }

  @Override
  public Throwable fillInStackTrace() {
    return this;
  }
}
