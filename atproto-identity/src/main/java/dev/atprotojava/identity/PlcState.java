// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.crypto.CryptoException;
import dev.atprotojava.crypto.DidKey;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Handle;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an operation of did:plc says about its DID (ID-70): the parts of which a directory makes the
 * DID document, and the keys that may change them.
 *
 * <p>All of it is text as it was signed. Only the methods below judge it, by the rules of DID
 * documents: a state can be a valid one and hold no key that the AT Protocol knows (ID-79).
 *
 * @param rotationKeys did:keys that may sign the next operation, the most powerful first; history
 *     has empty lists and repetitions (ID-76)
 * @param verificationMethods did:keys by name; any type of key
 * @param alsoKnownAs URIs, in order of preference
 * @param services by name
 */
public record PlcState(
    List<String> rotationKeys,
    Map<String, String> verificationMethods,
    List<String> alsoKnownAs,
    Map<String, Service> services) {

  private static final String KEY_NAME = "atproto";
  private static final String PDS_NAME = "atproto_pds";

  /**
   * A service.
   *
   * @param endpoint where it is, whatever that may be
   */
  public record Service(String type, String endpoint) {}

  /** Keeps copies. */
  public PlcState {
    rotationKeys = List.copyOf(rotationKeys);
    verificationMethods = Map.copyOf(verificationMethods);
    alsoKnownAs = List.copyOf(alsoKnownAs);
    services = Map.copyOf(services);
  }

  /** What a genesis operation of the old form stands for (ID-71). */
  static PlcState ofLegacy(PlcOperation.LegacyCreate create) {
    return new PlcState(
        List.of(create.recoveryKey(), create.signingKey()),
        Map.of(KEY_NAME, create.signingKey()),
        List.of("at://" + withoutScheme(create.handle())),
        Map.of(PDS_NAME, new Service("AtprotoPersonalDataServer", withScheme(create.service()))));
  }

  private static String withoutScheme(String handle) {
    if (handle.startsWith("https://")) {
      return handle.substring("https://".length());
    }
    return handle.startsWith("http://") ? handle.substring("http://".length()) : handle;
  }

  private static String withScheme(String service) {
    boolean has = service.startsWith("https://") || service.startsWith("http://");
    return has ? service : "https://" + service;
  }

  /** The key that signs the account's commits, or null if there is none that can be used. */
  public @Nullable PublicKey signingKey() {
    String didKey = verificationMethods.get(KEY_NAME);
    try {
      return didKey == null ? null : DidKey.parse(didKey);
    } catch (CryptoException unusable) {
      return null; // ID-79: any did:key may stand here
    }
  }

  /** The first handle that is claimed, in lower case, or null (ID-36). */
  public @Nullable Handle handle() {
    for (String name : alsoKnownAs) {
      Handle handle = DocumentReader.claimedHandle(name);
      if (handle != null) {
        return handle;
      }
    }
    return null;
  }

  /** The account's server, or null (ID-33, ID-34). */
  public @Nullable PdsEndpoint pds(AddressPolicy policy) {
    Service service = services.get(PDS_NAME);
    return service != null && service.type().equals(DocumentReader.PDS_TYPE)
        ? PdsEndpoint.find(service.endpoint(), policy)
        : null;
  }

  /**
   * Who the DID was while this was its state: what a document made of it would have said.
   *
   * @param at the time to note as {@link Identity#fetchedAt}
   */
  public Identity identity(Did did, AddressPolicy policy, Instant at) {
    return Identity.of(did, handle(), pds(policy), signingKey(), at);
  }
}
