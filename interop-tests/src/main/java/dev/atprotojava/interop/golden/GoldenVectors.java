// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborException;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.DataModelJson;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.crypto.CryptoException;
import dev.atprotojava.crypto.DidKey;
import dev.atprotojava.crypto.K256PublicKey;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.crypto.Signature;
import dev.atprotojava.crypto.SigningKey;
import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.identity.DidDocument;
import dev.atprotojava.identity.IdentityException;
import dev.atprotojava.interop.Expect;
import dev.atprotojava.interop.Fields;
import dev.atprotojava.interop.VectorClaim;
import dev.atprotojava.interop.Verdict;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.mst.MstEntry;
import dev.atprotojava.mst.MstException;
import dev.atprotojava.syntax.Did;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The set {@code atproto-java}, which others may write too: see the README beside the files. */
public final class GoldenVectors {
  /** The folder of the set. */
  static final String SET = "atproto-java/";

  /** Who answers for the set. */
  public static final List<VectorClaim> CLAIMS =
      List.of(
          VectorClaim.objects(SET + "cbor/", "name", GoldenVectors::cbor),
          VectorClaim.objects(SET + "mst/", "name", GoldenVectors::mst),
          VectorClaim.objects(SET + "signatures/", "name", GoldenVectors::signature),
          VectorClaim.objects(SET + "did-documents/", "name", GoldenVectors::didDocument),
          VectorClaim.objects(SET + "repos/", "name", GoldenRepos::repo));

  private GoldenVectors() {}

  /** CB-01 to CB-18: read, written again, named, and told in JSON; or refused for one reason. */
  private static Verdict cbor(Fields fields) {
    Bytes bytes = fields.hex("hex");
    if (fields.has("refused")) {
      CborException refused =
          Expect.refused(CborException.class, "it", () -> CborValue.decode(bytes));
      Expect.same("the reason", refused.reason().name(), fields.text("reason"));
      return Verdict.PASSED;
    }
    CborValue value = CborValue.decode(bytes);
    Expect.same("what is encoded again", value.encode().toHex(), bytes.toHex());
    Expect.same("the CID", Cid.ofDagCbor(bytes.toByteArray()).toString(), fields.text("cid"));
    if (fields.has("json")) {
      CborValue told = DataModelJson.parse(fields.node("json").toString());
      Expect.same("the encoding of the JSON", told.encode().toHex(), bytes.toHex());
      Expect.same(
          "the encoding of our own JSON",
          DataModelJson.parse(DataModelJson.print(value)).encode().toHex(),
          bytes.toHex());
    }
    return Verdict.PASSED;
  }

  /** MST-10 to MST-35: a tree from its keys, in any order; or nodes that are no tree. */
  private static Verdict mst(Fields fields) {
    Cid root = Cid.parse(fields.text("root"));
    if (fields.has("refused")) {
      Map<Cid, Bytes> blocks = new HashMap<>();
      for (Fields block : fields.objects("blocks")) {
        Bytes bytes = block.hex("hex");
        blocks.put(Cid.ofDagCbor(bytes.toByteArray()), bytes);
      }
      MstException refused =
          Expect.refused(
              MstException.class,
              "the tree",
              () -> Mst.load(root, blocks::get).forEach(entry -> {}));
      Expect.same("the reason", refused.reason().name(), fields.text("reason"));
      return Verdict.PASSED;
    }
    List<MstEntry> entries = new ArrayList<>();
    for (JsonNode entry : fields.node("entries")) {
      entries.add(
          new MstEntry(
              Bytes.ofUtf8(entry.get(0).textValue()), Cid.parse(entry.get(1).textValue())));
    }
    Mst tree = Mst.of(entries);
    Expect.same("the root", tree.root(), root);
    Mst grown = Mst.empty();
    for (MstEntry entry : entries.reversed()) {
      grown = grown.insert(entry.key(), entry.value());
    }
    Expect.same("the root, keys inserted backwards,", grown.root(), root);
    Expect.same("the number of nodes", tree.blocks().size(), fields.integer("nodes"));
    List<MstEntry> read = new ArrayList<>();
    Mst.load(root, tree.blocks()::get).forEach(read::add);
    entries.sort(MstEntry.BY_KEY);
    Expect.same("what is read again", read, entries);
    return Verdict.PASSED;
  }

  /** CR-10 to CR-13: judged, and made again where the secret is told. */
  private static Verdict signature(Fields fields) {
    PublicKey key = DidKey.parse(fields.text("key"));
    Expect.same("the key, written again,", key.toDidKey(), fields.text("key"));
    byte[] message = fields.hex("message").toByteArray();
    byte[] signature = fields.hex("signature").toByteArray();
    Expect.same("whether it is valid", isValid(key, message, signature), !fields.has("refused"));
    if (fields.has("secret")) {
      byte[] secret = fields.hex("secret").toByteArray();
      SigningKey signer =
          key instanceof K256PublicKey
              ? SigningKey.parseK256(secret)
              : SigningKey.parseP256(secret);
      Expect.same("the key of the secret", signer.publicKey(), key);
      Expect.same(
          "what we sign",
          Bytes.wrap(signer.sign(message).toBytes()).toHex(),
          fields.text("signature"));
    }
    return Verdict.PASSED;
  }

  private static boolean isValid(PublicKey key, byte[] message, byte[] signature) {
    try {
      return key.verify(message, Signature.parse(signature));
    } catch (CryptoException malformed) {
      return false;
    }
  }

  /** ID-30 to ID-37: what a document says, on the public network. */
  private static Verdict didDocument(Fields fields) {
    Did did = Did.parse(fields.text("did"));
    byte[] json = fields.node("document").toString().getBytes(StandardCharsets.UTF_8);
    if (fields.has("refused")) {
      Expect.refused(
          IdentityException.class,
          "the document",
          () -> DidDocument.parse(did, json, AddressPolicy.publicOnly()));
      return Verdict.PASSED;
    }
    DidDocument document = DidDocument.parse(did, json, AddressPolicy.publicOnly());
    Expect.same("the handle", text(document.handle()), fields.textOrNull("handle"));
    Expect.same("the PDS", text(document.pds()), fields.textOrNull("pds"));
    Expect.same("the signing key", text(document.signingKey()), fields.textOrNull("signingKey"));
    return Verdict.PASSED;
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }
}
