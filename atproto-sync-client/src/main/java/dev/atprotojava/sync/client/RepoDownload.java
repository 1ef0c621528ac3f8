// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import okhttp3.Response;

/**
 * A repository on its way here: the answer of {@code getRepo}, a CAR that nobody has verified yet.
 * Give its {@link #stream} to a {@link dev.atprotojava.car.CarStream}, and that to a {@link
 * dev.atprotojava.repo.RepoReader}.
 *
 * <p>Reading fails when the limit of bytes is passed, the time for the whole request is over, or
 * the client is closed. Belongs to one thread.
 */
public final class RepoDownload implements AutoCloseable {
  private final Response response;
  private final InputStream stream;
  private final Runnable onClose;

  RepoDownload(Response response, long maxBytes, Runnable onClose) {
    this.response = response;
    this.stream = new Limited(response.body().byteStream(), maxBytes);
    this.onClose = onClose;
  }

  /** The CAR. Closing it closes this. */
  public InputStream stream() {
    return stream;
  }

  /** Host and port of the server that sent it, the last one if there were redirects. */
  public String server() {
    return SyncClient.server(response);
  }

  /** Ends the request. */
  @Override
  public void close() {
    onClose.run();
    response.close();
  }

  private final class Limited extends FilterInputStream {
    private final long limit;
    private long left;

    Limited(InputStream in, long limit) {
      super(in);
      this.limit = limit;
      this.left = limit;
    }

    @Override
    public int read() throws IOException {
      int read = in.read();
      if (read >= 0) {
        count(1);
      }
      return read;
    }

    @Override
    public int read(byte[] out, int offset, int length) throws IOException {
      int read = in.read(out, offset, length);
      if (read > 0) {
        count(read);
      }
      return read;
    }

    @Override
    public long skip(long count) throws IOException {
      long skipped = in.skip(count);
      count(skipped);
      return skipped;
    }

    @Override
    public void close() {
      RepoDownload.this.close();
    }

    private void count(long bytes) throws IOException {
      left -= bytes;
      if (left < 0) {
        throw new IOException("repository of more than " + limit + " bytes");
      }
    }
  }
}
