// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.atprotojava.car.CarStream;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.crypto.DidKey;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.interop.Expect;
import dev.atprotojava.interop.Fields;
import dev.atprotojava.interop.Mismatch;
import dev.atprotojava.interop.Verdict;
import dev.atprotojava.repo.RepoReader;
import dev.atprotojava.repo.RepoReaderOptions;
import dev.atprotojava.sync.CommitVerdict;
import dev.atprotojava.sync.CommitVerdict.Chain;
import dev.atprotojava.sync.CommitVerifier;
import dev.atprotojava.sync.EncodedFrame;
import dev.atprotojava.sync.RepoEvent.CommitEvent;
import dev.atprotojava.sync.RepoOp;
import dev.atprotojava.sync.RepoState;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Tid;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The life of one repository: its commits as the stream carries them, each verified with what is
 * known from the one before, and its export at the end (SC-50 to SC-61, SC-90 to SC-93).
 */
final class GoldenRepos {
  private static final Bytes TIME = Bytes.ofUtf8("2026-01-01T00:00:00.000Z");

  private GoldenRepos() {}

  static Verdict repo(Fields fields) throws IOException {
    Did did = Did.parse(fields.text("did"));
    PublicKey key = DidKey.parse(fields.text("signingKey"));
    CommitVerifier verifier = CommitVerifier.strict(new SplittableRandom(1));
    RepoState last = null;
    int number = 0;
    for (Fields each : fields.objects("commits")) {
      number++;
      CommitEvent event = event(did, number, each);
      // As if it came when it was made.
      Instant now = Instant.EPOCH.plus(event.rev().value() >>> 10, ChronoUnit.MICROS);
      CommitVerdict verdict = verifier.verify(event, key, last, now);
      String which = "commit " + number;
      switch (verdict) {
        case CommitVerdict.Accept accept -> {
          Expect.that(!each.has("refused"), which + " is accepted and should be refused");
          Expect.same(
              "how " + which + " follows",
              accept.chain(),
              last == null ? Chain.FIRST : Chain.CONTINUES);
          last = accept.next();
        }
        case CommitVerdict.Reject reject -> {
          if (!each.has("refused")) {
            throw new Mismatch(which + " is refused: " + reject.fault());
          }
          Expect.same("the reason for " + which, reject.fault().name(), each.text("reason"));
        }
      }
    }
    if (fields.has("export")) {
      checkExport(fields, did, key, last);
    }
    return Verdict.PASSED;
  }

  private static CommitEvent event(Did did, long seq, Fields fields) {
    String since = fields.textOrNull("since");
    List<RepoOp> ops = new ArrayList<>();
    for (Fields op : fields.objects("ops")) {
      ops.add(
          new RepoOp(
              switch (op.text("action")) {
                case "create" -> RepoOp.Action.CREATE;
                case "update" -> RepoOp.Action.UPDATE;
                case "delete" -> RepoOp.Action.DELETE;
                default -> RepoOp.Action.UNKNOWN;
              },
              Bytes.ofUtf8(op.text("path")),
              cid(op.textOrNull("cid")),
              cid(op.textOrNull("prev"))));
    }
    return new CommitEvent(
        new EncodedFrame(Bytes.EMPTY, 0, 0, true),
        seq,
        did,
        Cid.parse(fields.text("commit")),
        Tid.parse(fields.text("rev")),
        since == null ? null : Tid.parse(since),
        cid(fields.textOrNull("prevData")),
        fields.base64("blocks"),
        ops,
        false,
        false,
        TIME);
  }

  private static @Nullable Cid cid(@Nullable String text) {
    return text == null ? null : Cid.parse(text);
  }

  private static void checkExport(Fields fields, Did did, PublicKey key, @Nullable RepoState last)
      throws IOException {
    RepoReaderOptions options = RepoReaderOptions.DEFAULT.signedBy(did, key::verifyDigest);
    List<String> read = new ArrayList<>();
    CarStream car = CarStream.open(new ByteArrayInputStream(fields.base64("export").toByteArray()));
    try (RepoReader repo = RepoReader.open(car, options, new SplittableRandom(2))) {
      while (repo.next()) {
        read.add(repo.path() + " " + repo.cid());
      }
      Expect.same(
          "the commit of the export", repo.commit().cid(), last == null ? null : last.commit());
    }
    List<String> records = new ArrayList<>();
    for (JsonNode record : fields.node("records")) {
      records.add(record.get(0).textValue() + " " + record.get(1).textValue());
    }
    Expect.same("the records of the export", read, records);
  }
}
