// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.syntax.Hostname;
import java.net.InetAddress;

/** What an {@link AddressPolicy} allows, one question at a time. */
interface AddressRules {
  /** Whether {@code http} and {@code ws} may be spoken, or only their encrypted forms. */
  boolean allowClearText();

  /** Whether a URL may name this host; an IPv6 address comes without brackets. */
  boolean allowHost(String host);

  boolean allowPort(int port);

  boolean allowAddress(InetAddress address);

  /** The public network: ID-61 and ID-62. */
  AddressRules PUBLIC =
      new AddressRules() {
        @Override
        public boolean allowClearText() {
          return false;
        }

        @Override
        public boolean allowHost(String host) {
          return Hostname.isValid(host);
        }

        @Override
        public boolean allowPort(int port) {
          return port == 443 || port == 80;
        }

        @Override
        public boolean allowAddress(InetAddress address) {
          return AddressRanges.isPublic(address);
        }
      };

  /** A network of one's own, on which everything is friendly. */
  AddressRules DEV =
      new AddressRules() {
        @Override
        public boolean allowClearText() {
          return true;
        }

        @Override
        public boolean allowHost(String host) {
          return true;
        }

        @Override
        public boolean allowPort(int port) {
          return true;
        }

        @Override
        public boolean allowAddress(InetAddress address) {
          return true;
        }
      };
}
