// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cid;

/** What the block behind a blessed CID holds (CID-02). */
public enum CidCodec {
  /** DAG-CBOR: commits, tree nodes, records. */
  DAG_CBOR(0x71),
  /** Any bytes: blobs. */
  RAW(0x55);

  private final int code;

  CidCodec(int code) {
    this.code = code;
  }

  /** The multicodec number. */
  public int code() {
    return code;
  }
}
