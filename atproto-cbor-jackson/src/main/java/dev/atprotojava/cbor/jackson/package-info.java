// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * Records of applications as Java objects or JSON trees, through Jackson.
 *
 * <p>Start with {@link dev.atprotojava.cbor.jackson.RecordMapper}. Jackson reads nearly every form
 * that DAG-CBOR forbids, so no byte reaches it that {@link dev.atprotojava.cbor.CborReader} has not
 * checked; and it writes maps in the order of a class, so nothing it wrote leaves before {@link
 * dev.atprotojava.cbor.CborValue} has put it into canonical form.
 */
@NullMarked
package dev.atprotojava.cbor.jackson;

import org.jspecify.annotations.NullMarked;
