// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.AnnotationBasedArgumentsProvider;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.support.ParameterDeclarations;

/** The cases of a {@link VectorFile}. A file without any case is a failure. */
final class VectorArguments extends AnnotationBasedArgumentsProvider<VectorFile> {
  @Override
  protected Stream<? extends Arguments> provideArguments(
      ParameterDeclarations parameters, ExtensionContext context, VectorFile annotation) {
    Vectors vectors = Vectors.ofThisRun();
    Class<?> wanted = context.getRequiredTestMethod().getParameterTypes()[0];
    return Stream.of(annotation.value())
        .flatMap(
            file -> {
              List<?> cases = cases(vectors, file, wanted);
              if (cases.isEmpty()) {
                throw new IllegalStateException(file + " has no cases");
              }
              return cases.stream();
            })
        .map(Arguments::of);
  }

  private static List<?> cases(Vectors vectors, String file, Class<?> wanted) {
    if (wanted == JsonNode.class) {
      JsonNode json = vectors.json(file);
      return json.isArray()
          ? StreamSupport.stream(json.spliterator(), false).toList()
          : List.of(json);
    }
    List<String> lines = vectors.lines(file);
    return wanted == List.class ? List.of(lines) : lines;
  }
}
