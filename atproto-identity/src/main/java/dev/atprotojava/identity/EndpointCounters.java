// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

/**
 * What one PLC directory has been asked, for whatever measures.
 *
 * @param name its URL, or what its resolver calls itself
 * @param state whether it is asked, now
 * @param requests that were sent, trials included
 * @param found how many of them found an identity
 * @param absent how many found that there is none, or a tombstone
 * @param failed the others: no answer, or none that says anything
 * @param doubted how many of the absent ones were not believed, because a directory that is
 *     preferred to this one had not been heard
 * @param queued lookups that wait for their turn, now
 */
public record EndpointCounters(
    String name,
    DirectoryState state,
    long requests,
    long found,
    long absent,
    long failed,
    long doubted,
    int queued) {}
