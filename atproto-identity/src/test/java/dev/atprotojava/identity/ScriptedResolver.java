// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.identity.IdentityLookup.Unavailable.Reason;
import dev.atprotojava.syntax.Did;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A resolver that answers as the test says and writes down what it was asked. */
final class ScriptedResolver implements DidResolver {
  private final List<Did> asked = new ArrayList<>();
  private final Map<Did, DidResolution> answers = new HashMap<>();
  private Runnable underWay = () -> {};
  private Function<Did, DidResolution> otherwise = did -> found(did, SampleDocument.MULTIKEY);

  static DidResolution found(Did did, String multikey) {
    SampleDocument document =
        SampleDocument.of(did)
            .withMethods(SampleDocument.method("#atproto", "Multikey", did.toString(), multikey));
    return new DidResolution.Resolved(
        DidDocument.parse(did, document.bytes(), AddressPolicy.publicOnly()));
  }

  static DidResolution failed(Reason reason) {
    return new DidResolution.Failed(reason, null);
  }

  static DidResolution limited(@Nullable Duration retryAfter) {
    return new DidResolution.Failed(Reason.RATE_LIMITED, retryAfter);
  }

  @Override
  public synchronized DidResolution resolve(Did did) {
    asked.add(did);
    DidResolution scripted = answers.get(did);
    DidResolution answer = scripted == null ? otherwise.apply(did) : scripted;
    Runnable event = underWay;
    underWay = () -> {};
    event.run();
    return answer;
  }

  @Override
  public DidResolution.@Nullable Unresolvable refusal(Did did) {
    boolean valid = did.isPlc() || did.isWeb();
    return valid
        ? null
        : new DidResolution.Unresolvable(IdentityLookup.Unresolvable.Cause.MALFORMED);
  }

  synchronized void answer(Did did, DidResolution resolution) {
    answers.put(did, resolution);
  }

  /** For DIDs of which nothing else was said, all of them from now on. */
  synchronized void answer(Function<Did, DidResolution> function) {
    answers.clear();
    otherwise = function;
  }

  synchronized void answer(DidResolution resolution) {
    answer(did -> resolution);
  }

  /** Something that happens while the next answer is on its way. */
  synchronized void underWay(Runnable event) {
    underWay = event;
  }

  synchronized List<Did> asked() {
    return List.copyOf(asked);
  }

  synchronized int count() {
    return asked.size();
  }

  @Override
  public String toString() {
    return "scripted";
  }
}
