// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cid.Cid;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The golden values of spec.md 1.6, and the key orders of 1.1. */
class CborGoldenTest {
  @Test
  void emptyNode_hasItsCid() {
    assertThat(Cid.ofDagCbor(Bytes.fromHex("a2616580616cf6").toByteArray()))
        .hasToString("bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm");
  }

  @Test
  void record_hasItsBytesAndItsCid() {
    CborValue record =
        new CborValue.MapValue(
            Map.of(
                "text", new CborValue.TextValue("hi"),
                "$type", new CborValue.TextValue("com.example.record")));
    Bytes encoded = record.encode();
    assertThat(encoded.toHex())
        .isEqualTo("a2647465787462686965247479706572636f6d2e6578616d706c652e7265636f7264");
    assertThat(Cid.ofDagCbor(encoded.toByteArray()))
        .hasToString("bafyreibybqnfkzfsvx3uscrkg4kqyiiaalbe3cloluq6vfm2qtqm4dbmti");
  }

  @ParameterizedTest
  @CsvSource({
    "#commit, a261746723636f6d6d6974626f7001",
    "#sync, a26174652373796e63626f7001",
    "#identity, a2617469236964656e74697479626f7001",
    "#account, a2617468236163636f756e74626f7001",
    "#info, a261746523696e666f626f7001",
  })
  void frameHeader_hasItsBytes(String type, String hex) {
    CborValue header =
        new CborValue.MapValue(
            Map.of("op", new CborValue.IntegerValue(1), "t", new CborValue.TextValue(type)));
    assertThat(header.encode().toHex()).isEqualTo(hex);
  }

  @ParameterizedTest
  @CsvSource({
    "'l,e', 'e,l'",
    "'v,t,p,k', 'k,p,t,v'",
    "'version,sig,rev,prev,did,data', 'did,rev,sig,data,prev,version'",
    "'version,roots', 'roots,version'",
    "'message,error', 'error,message'",
    "'prevData,tooBig,rebase,commit,blocks,since,blobs,time,repo,seq,rev,ops',"
        + " 'ops,rev,seq,repo,time,blobs,since,blocks,commit,rebase,tooBig,prevData'",
    "'action,prev,path,cid', 'cid,path,prev,action'",
    "'mimeType,$type,size,ref', 'ref,size,$type,mimeType'",
  })
  void map_putsKeysInCanonicalOrder(String keys, String expected) {
    var entries = new java.util.HashMap<String, CborValue>();
    for (String key : keys.split(",")) {
      entries.put(key, new CborValue.NullValue());
    }
    assertThat(String.join(",", new CborValue.MapValue(entries).entries().keySet()))
        .isEqualTo(expected);
  }
}
