// SPDX-License-Identifier: MIT OR Apache-2.0
package com.example.posts;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborException;
import dev.atprotojava.cbor.jackson.RecordMapper;
import dev.atprotojava.cbor.jackson.RecordMappingException;
import dev.atprotojava.sync.client.VerifiedEvent;
import dev.atprotojava.sync.client.VerifiedEvent.Created;
import dev.atprotojava.sync.client.VerifiedEvent.Deleted;
import dev.atprotojava.sync.client.VerifiedEvent.IdentityChanged;
import dev.atprotojava.sync.client.VerifiedEvent.RecordChange;
import dev.atprotojava.sync.client.VerifiedEvent.StatusChanged;
import dev.atprotojava.sync.client.VerifiedEvent.Synchronized;
import dev.atprotojava.sync.client.VerifiedEvent.Updated;
import dev.atprotojava.sync.client.VerifiedFirehose;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Reads the firehose on a thread of its own, from when the application is ready until it ends. An
 * event is acknowledged when {@link #take} returns, so the cursor never passes one that was not
 * dealt with.
 */
@Component
class FirehoseConsumer implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(FirehoseConsumer.class);

  private final VerifiedFirehose.Builder builder;
  private final RecentPosts posts;
  private final RecordMapper records = RecordMapper.create();
  private final Counter created;
  private final Counter malformed;
  private final ApplicationEventPublisher application;
  private VerifiedFirehose firehose;
  private Thread reader;

  FirehoseConsumer(
      VerifiedFirehose.Builder builder,
      RecentPosts posts,
      MeterRegistry meters,
      ApplicationEventPublisher application) {
    this.builder = builder;
    this.posts = posts;
    this.application = application;
    this.created = meters.counter("posts.created");
    this.malformed = meters.counter("posts.malformed");
  }

  @Override
  public synchronized void start() {
    VerifiedFirehose opened = builder.open();
    firehose = opened;
    reader = Thread.ofVirtual().name("firehose").start(() -> read(opened));
  }

  private void read(VerifiedFirehose opened) {
    try {
      opened.run(this::take);
    } catch (InterruptedException e) {
      LOG.info("no longer reading");
    } catch (RuntimeException e) { // such as a full disk: to go on would be to lose events
      LOG.error("the firehose has ended", e);
      AvailabilityChangeEvent.publish(application, this, LivenessState.BROKEN);
    }
  }

  private void take(VerifiedEvent event) {
    switch (event) {
      case Created post -> {
        created.increment();
        put(post, post.record());
      }
      case Updated post -> put(post, post.record());
      case Deleted post -> posts.remove(uri(post));
      case StatusChanged changed -> {
        if (!changed.status().isActive()) { // deactivated, taken down, deleted: nothing is shown
          posts.removeAll(changed.did());
        }
      }
      case Synchronized complete -> {}
      case IdentityChanged changed -> {}
    }
  }

  private void put(RecordChange change, Bytes record) {
    try {
      posts.put(uri(change), change.did(), records.read(record, Post.class));
    } catch (CborException | RecordMappingException e) { // signed, and yet not a post
      malformed.increment();
    }
  }

  private static String uri(RecordChange change) {
    return "at://" + change.did() + "/" + change.path();
  }

  @Override
  public synchronized void stop() {
    reader.interrupt(); // which lets it finish what it has begun, and acknowledge that
    try {
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    firehose.close();
    firehose = null;
  }

  @Override
  public synchronized boolean isRunning() {
    return firehose != null;
  }
}
