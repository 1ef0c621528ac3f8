// SPDX-License-Identifier: MIT OR Apache-2.0
package com.example;

import dev.atprotojava.car.CarStream;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborException;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.DataModelJson;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.identity.CachingDirectory;
import dev.atprotojava.identity.Identity;
import dev.atprotojava.identity.IdentityDirectory;
import dev.atprotojava.identity.IdentityLookup;
import dev.atprotojava.identity.PdsEndpoint;
import dev.atprotojava.repo.RepoReader;
import dev.atprotojava.repo.RepoReaderOptions;
import dev.atprotojava.sync.client.FileBlockSpill;
import dev.atprotojava.sync.client.RepoDownload;
import dev.atprotojava.sync.client.SyncClient;
import dev.atprotojava.syntax.Did;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Keeps a copy of an account's repository in a file: one line of JSON for each record, after one
 * for the commit that vouches for all of them. The file is replaced when a newer copy has been
 * verified, all of it, and never by less.
 */
final class MirrorRepository {
  private final IdentityDirectory identities;
  private final AddressPolicy policy;

  MirrorRepository(IdentityDirectory identities, AddressPolicy policy) {
    this.identities = identities;
    this.policy = policy;
  }

  static void main(String[] args) throws IOException {
    if (args.length != 2) {
      System.err.println("usage: mirror-repository DID FILE");
      System.exit(2);
    }
    try (CachingDirectory identities = CachingDirectory.open()) {
      MirrorRepository mirror = new MirrorRepository(identities, AddressPolicy.publicOnly());
      System.out.println(mirror.refresh(Did.parse(args[0]), Path.of(args[1])));
    }
  }

  /** Brings the copy up to date and tells what there was to do. */
  String refresh(Did did, Path file) throws IOException {
    Identity account = identity(did);
    PdsEndpoint pds = account.pds();
    PublicKey key = account.signingKey();
    if (pds == null || key == null) {
      throw new IOException("the account has no server or no key");
    }
    try (SyncClient server = SyncClient.open(URI.create(pds.toString()), policy)) {
      String rev = server.getLatestCommit(did).rev().toString();
      if (rev.equals(mirroredRev(file))) {
        return "nothing new since " + rev;
      }
      try (RepoDownload download = server.getRepo(did)) {
        return replace(file, download, did, key);
      }
    }
  }

  /** Where the account lives, and which key signs for it. */
  private Identity identity(Did did) throws IOException {
    return switch (identities.lookup(did)) {
      case IdentityLookup.Found found -> found.identity();
      case IdentityLookup.NotFound none -> throw new IOException("there is no such account");
      case IdentityLookup.Tombstoned none -> throw new IOException("the account was deleted");
      case IdentityLookup.Unresolvable never ->
          throw new IOException("this DID leads nowhere: " + never.cause());
      case IdentityLookup.Unavailable later ->
          throw new IOException("it cannot be found out now who this is: " + later.reason());
    };
  }

  /** The revision in the first line of the file; null if there is no copy yet. */
  private static String mirroredRev(Path file) throws IOException {
    if (!Files.exists(file)) {
      return null;
    }
    try (BufferedReader in = Files.newBufferedReader(file)) {
      return DataModelJson.parseRecord(in.readLine()).findText("rev");
    }
  }

  private static String replace(Path file, RepoDownload download, Did did, PublicKey key)
      throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Path part = Files.createTempFile(folder, "mirror", ".part");
    RepoReaderOptions options =
        RepoReaderOptions.DEFAULT
            .signedBy(did, key::verifyDigest)
            .spillingTo(new FileBlockSpill(folder)); // for repositories in no good order
    try {
      long records;
      try (BufferedWriter out = Files.newBufferedWriter(part);
          CarStream car = CarStream.open(download.stream());
          RepoReader repo = RepoReader.open(car, options)) {
        line(out, head(repo));
        while (repo.next()) {
          line(out, record(repo));
        }
        records = repo.records(); // next() said no: nothing was missing, nothing out of place
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return records + " records";
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static CborValue head(RepoReader repo) {
    return CborValue.map()
        .put("did", repo.commit().did().toString())
        .put("rev", repo.commit().rev().toString())
        .put("commit", repo.commit().cid().toString())
        .build();
  }

  private static CborValue record(RepoReader repo) {
    return CborValue.map()
        .put("path", repo.path().toString())
        .put("cid", repo.cid().toString())
        .put("record", json(repo.block()))
        .build();
  }

  /** The record as JSON has it. Accounts may sign for any bytes; what is no record becomes null. */
  private static CborValue json(Bytes block) {
    try {
      return CborValue.decode(block);
    } catch (CborException e) {
      return CborValue.ofNull();
    }
  }

  private static void line(BufferedWriter out, CborValue value) throws IOException {
    out.write(DataModelJson.print(value));
    out.newLine();
  }
}
