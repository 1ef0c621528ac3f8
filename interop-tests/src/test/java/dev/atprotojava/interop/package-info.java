// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * The libraries and the relay against what others wrote. Tests on published vectors say with {@link
 * dev.atprotojava.interop.VectorFile} which file feeds them.
 */
@NullMarked
package dev.atprotojava.interop;

import org.jspecify.annotations.NullMarked;
