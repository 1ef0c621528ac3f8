// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.cli;

import dev.atprotojava.daemon.config.Setting;
import dev.atprotojava.daemon.config.Settings;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The flags of a command that are settings. All that read settings do it through this, so that each
 * finds the relay where {@code relay serve} has it, wherever the operator wrote that down.
 */
final class SettingFlags {
  private final CommandSpec spec;
  private final List<Setting> settings;

  SettingFlags(CommandSpec spec, List<Setting> settings) {
    this.spec = spec;
    this.settings = List.copyOf(settings);
  }

  /** Adds them to the command. */
  void add() {
    for (Setting setting : settings) {
      spec.addOption(option(setting));
    }
  }

  private static OptionSpec option(Setting setting) {
    OptionSpec.Builder option =
        OptionSpec.builder(setting.flag(), setting.olderFlags().toArray(String[]::new))
            .description(description(setting))
            .required(false);
    if (setting.isSwitch()) {
      return option
          .type(String.class)
          .arity("0..1")
          .fallbackValue("true")
          .paramLabel("true|false")
          .build();
    }
    option.paramLabel(setting.parameter()).arity("1");
    return setting.isList()
        ? option.type(List.class).auxiliaryTypes(String.class).build()
        : option.type(String.class).build();
  }

  private static String[] description(Setting setting) {
    List<String> lines = new ArrayList<>();
    // Percent signs and at signs mean something to the help's formatter.
    lines.add(setting.description().replace("%", "%%"));
    String fallback = setting.fallback().isEmpty() ? "" : "; default " + setting.fallback();
    lines.add("(" + String.join(", ", setting.variables()) + fallback + ")");
    return lines.toArray(String[]::new);
  }

  /** What the operator said: the flags that were given before all else. */
  Settings read(RelayCommand.Surroundings world) {
    Map<Setting, String> given = new EnumMap<>(Setting.class);
    for (Setting setting : settings) {
      Object value = spec.findOption(setting.flag()).getValue();
      if (value instanceof List<?> parts) {
        given.put(setting, String.join(",", parts.stream().map(String::valueOf).toList()));
      } else if (value != null) {
        given.put(setting, value.toString());
      }
    }
    return world.settings(given);
  }
}
