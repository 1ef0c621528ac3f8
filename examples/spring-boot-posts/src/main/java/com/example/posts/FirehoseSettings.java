// SPDX-License-Identifier: MIT OR Apache-2.0
package com.example.posts;

import java.net.URI;
import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What is set in {@code application.yaml}.
 *
 * @param server the relay, {@code wss://host}
 * @param directory where the cursor and the state of each account are kept
 * @param show how many posts are shown
 */
@ConfigurationProperties("firehose")
record FirehoseSettings(URI server, Path directory, int show) {}
