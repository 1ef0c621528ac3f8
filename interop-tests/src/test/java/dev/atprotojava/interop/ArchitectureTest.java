// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * The walls between modules and stages, and what no code here may do: each rule keeps a promise
 * that a compiler cannot.
 */
@AnalyzeClasses(
    packages = "dev.atprotojava",
    importOptions = {
      ImportOption.DoNotIncludeTests.class,
      ArchitectureTest.MainCodeOnly.class,
    })
class ArchitectureTest {
  private static final String ROOT = "dev.atprotojava.";
  private static final String RELAY = ROOT + "relay";
  private static final String DAEMON = ROOT + "daemon..";
  private static final String SIMULATOR = ROOT + "simulator..";
  private static final String INTEROP = ROOT + "interop..";

  /** The packages of the libraries that only compute, bottom up. */
  private static final String[] PURE = {
    ROOT + "multiformats..",
    ROOT + "syntax..",
    ROOT + "cbor..",
    ROOT + "cid..",
    ROOT + "car..",
    ROOT + "crypto..",
    ROOT + "mst..",
    ROOT + "repo..",
    ROOT + "sync",
  };

  private static final String[] LIBRARIES = {
    ROOT + "multiformats..",
    ROOT + "syntax..",
    ROOT + "cbor..",
    ROOT + "cid..",
    ROOT + "car..",
    ROOT + "crypto..",
    ROOT + "mst..",
    ROOT + "repo..",
    ROOT + "sync..",
    ROOT + "identity..",
  };

  /** The stage packages of the relay, in the order in which a frame meets them. */
  private static final List<String> STAGES =
      List.of("upstream", "ingest", "outbound", "log", "consumer");

  /** Leaves out the test-jar of the build, whose classes lie beside main classes in a jar. */
  static final class MainCodeOnly implements ImportOption {
    @Override
    public boolean includes(com.tngtech.archunit.core.importer.Location location) {
      return !location.contains("/testing/");
    }
  }

  /** A rule over nothing passes; this one does not let that happen. */
  @ArchTest
  static void everyModule_isLookedAt(JavaClasses imported) {
    for (String name :
        List.of(
            "multiformats",
            "syntax",
            "cbor",
            "cbor.jackson",
            "cid",
            "car",
            "crypto",
            "mst",
            "repo",
            "identity",
            "sync",
            "sync.client",
            "relay",
            "relay.upstream",
            "relay.ingest",
            "relay.outbound",
            "relay.log",
            "relay.consumer",
            "relay.account",
            "relay.store",
            "relay.host",
            "daemon",
            "simulator",
            "interop",
            "interop.live")) {
      assertThat(imported.stream().filter(each -> each.getPackageName().equals(ROOT + name)))
          .as(name)
          .isNotEmpty();
    }
  }

  @ArchTest
  static final ArchRule libraries_knowNoRelay =
      noClasses()
          .that()
          .resideInAnyPackage(LIBRARIES)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(RELAY + "..", DAEMON, SIMULATOR);

  @ArchTest
  static final ArchRule libraries_bringNoServerMetricsOrLoggingBackend =
      noClasses()
          .that()
          .resideInAnyPackage(LIBRARIES)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.undertow..", "io.micrometer..", "ch.qos.logback..", "java.util.logging..");

  @ArchTest
  static final ArchRule pureLibraries_haveNoSocketsFilesThreadsOrLogs =
      noClasses()
          .that()
          .resideInAnyPackage(PURE)
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                      "java.net..",
                      "java.nio.file..",
                      "java.nio.channels..",
                      "java.util.concurrent..",
                      "java.io..",
                      "java.sql..",
                      "org.slf4j..",
                      "okhttp3..")
                  // Bytes as values, streams that the caller has opened, their exceptions, and
                  // locks that
                  // make a value safe to share are no input or output.
                  .and(not(type(java.io.ByteArrayOutputStream.class)))
                  .and(not(type(java.io.OutputStream.class)))
                  .and(not(type(java.io.InputStream.class)))
                  .and(not(type(java.nio.channels.ReadableByteChannel.class)))
                  .and(not(type(java.nio.channels.WritableByteChannel.class)))
                  .and(not(type(java.io.IOException.class)))
                  .and(not(type(java.io.UncheckedIOException.class)))
                  .and(not(type(java.io.Serializable.class)))
                  .and(not(type(java.io.StringWriter.class)))
                  .and(not(resideInAnyPackage("java.util.concurrent.atomic..")))
                  .and(not(type(java.util.concurrent.locks.ReentrantLock.class)))
                  .and(not(type(java.util.concurrent.TimeUnit.class))));

  @ArchTest
  static final ArchRule pureLibraries_areInLayers =
      slices()
          .matching(ROOT + "(multiformats|syntax|cbor|crypto|mst|repo|identity|sync)..")
          .should()
          .beFreeOfCycles();

  @ArchTest
  static void stages_importNoLaterStage(JavaClasses imported) {
    for (int i = 0; i < STAGES.size(); i++) {
      for (String later : STAGES.subList(i + 1, STAGES.size())) {
        noClasses()
            .that()
            .resideInAPackage(RELAY + "." + STAGES.get(i) + "..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(RELAY + "." + later + "..")
            .check(imported);
      }
    }
  }

  /** A fan-out node has no hosts and no lanes (design 8, 13). */
  @ArchTest
  static final ArchRule fanOut_importsNoIngest =
      noClasses()
          .that()
          .resideInAnyPackage(RELAY + ".log..", RELAY + ".consumer..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(RELAY + ".ingest..", RELAY + ".host..", RELAY + ".store..");

  @ArchTest
  static final ArchRule nobody_importsDaemonOrSimulator =
      noClasses()
          .that()
          .resideOutsideOfPackages(DAEMON, SIMULATOR)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(DAEMON, SIMULATOR);

  @ArchTest
  static final ArchRule daemonAndSimulator_areStrangers =
      noClasses()
          .that()
          .resideInAPackage(DAEMON)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(SIMULATOR);

  @ArchTest
  static final ArchRule relay_startsNoHttp =
      noClasses()
          .that()
          .resideInAPackage(RELAY + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.undertow..", "io.micrometer..", "ch.qos.logback..");

  /** Whoever embeds the relay says where its files are and how it is set (style a.2). */
  @ArchTest
  static final ArchRule relay_readsNoEnvironment =
      noClasses()
          .that()
          .resideOutsideOfPackages(DAEMON, SIMULATOR, INTEROP)
          .should()
          .callMethod(System.class, "getenv", String.class)
          .orShould()
          .callMethod(System.class, "getenv")
          .orShould()
          .callMethod(System.class, "getProperty", String.class)
          .orShould()
          .callMethod(System.class, "getProperty", String.class, String.class)
          .orShould()
          .callMethod(System.class, "exit", int.class);

  /** Types whose purpose is to be the real clock, the real chance, or the wiring of them. */
  private static final Set<String> WIRING = Set.of("Main", "DaemonWiring", "Demo", "Load");

  @ArchTest
  static final ArchRule time_isInjected =
      noClasses()
          .that(areNotWiring())
          .should()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(Clock.class, "systemUTC")
          .orShould()
          .callMethod(Math.class, "random")
          .orShould()
          .callMethod(ThreadLocalRandom.class, "current");

  @ArchTest
  static final ArchRule state_isNeverStatic =
      fields().that().areStatic().and(areNotSynthetic()).should(beFinal());

  private static final Pattern BANNED =
      Pattern.compile(
          ".*(Utils?|Helper|Manager|Processor|Common|Misc|Impl)(?![a-z]).*|.*(Base|Context)$|New[A-Z].*|.*[a-z]2$");

  /** Each of these words hides a missing noun (style b). */
  @ArchTest
  static final ArchRule names_sayWhatAThingIs =
      classes()
          .that(areDeclaredTypes())
          .should(
              new ArchCondition<JavaClass>("have a name that says what they are") {
                @Override
                public void check(JavaClass item, ConditionEvents events) {
                  if (BANNED.matcher(item.getSimpleName()).matches()) {
                    events.add(SimpleConditionEvent.violated(item, item.getFullName()));
                  }
                }
              });

  @ArchTest
  static final ArchRule packages_areNullMarked =
      classes()
          .should(
              new ArchCondition<JavaClass>("be in a package that is @NullMarked") {
                @Override
                public void check(JavaClass item, ConditionEvents events) {
                  Set<? extends JavaAnnotation<?>> annotations = item.getPackage().getAnnotations();
                  boolean marked =
                      annotations.stream()
                          .anyMatch(
                              each ->
                                  each.getRawType()
                                      .getName()
                                      .equals("org.jspecify.annotations.NullMarked"));
                  if (!marked) {
                    events.add(SimpleConditionEvent.violated(item, item.getFullName()));
                  }
                }
              });

  /** A record compares its components, and arrays compare as places (style c.1). */
  @ArchTest
  static final ArchRule records_holdNoArrays =
      fields()
          .that()
          .areDeclaredInClassesThat(areRecords())
          .and()
          .areNotStatic()
          .should(notBeArrays());

  private static DescribedPredicate<JavaClass> areRecords() {
    return DescribedPredicate.describe("records", JavaClass::isRecord);
  }

  private static DescribedPredicate<JavaClass> areDeclaredTypes() {
    return DescribedPredicate.describe("declared types", each -> !each.isAnonymousClass());
  }

  private static DescribedPredicate<JavaClass> areNotWiring() {
    return DescribedPredicate.describe(
        "not wiring", each -> !WIRING.contains(outermost(each).getSimpleName()));
  }

  private static JavaClass outermost(JavaClass type) {
    return type.getEnclosingClass().map(ArchitectureTest::outermost).orElse(type);
  }

  private static DescribedPredicate<JavaField> areNotSynthetic() {
    return DescribedPredicate.describe(
        "not synthetic", each -> !each.getModifiers().contains(JavaModifier.SYNTHETIC));
  }

  private static ArchCondition<JavaField> beFinal() {
    return new ArchCondition<>("be final") {
      @Override
      public void check(JavaField item, ConditionEvents events) {
        if (!item.getModifiers().contains(JavaModifier.FINAL)) {
          events.add(SimpleConditionEvent.violated(item, item.getFullName()));
        }
      }
    };
  }

  private static ArchCondition<JavaField> notBeArrays() {
    return new ArchCondition<>("not be arrays") {
      @Override
      public void check(JavaField item, ConditionEvents events) {
        if (item.getRawType().isArray()) {
          events.add(SimpleConditionEvent.violated(item, item.getFullName()));
        }
      }
    };
  }
}
