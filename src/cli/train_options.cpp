// Reads the sources in the order of their weight, least first, each through the same table.
#include "train_options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "mnist/core/atomic_file.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/parsed.hpp"
#include "mnist/models/model_file.hpp"
#include "mnist/train/experiment.hpp"
#include "toml.hpp"
#include "train_settings.hpp"

namespace mnist {
namespace {

constexpr std::size_t kMaxConfigBytes = 1U << 20U;

struct Shape {
    TomlType element;
    bool list;
    bool or_auto = false;
};

// At each kind's place.
constexpr std::array<Shape, 7> kShapes{{{TomlType::integer, false},
                                        {TomlType::integer, false, true},
                                        {TomlType::real, false},
                                        {TomlType::string, false},
                                        {TomlType::integer, true},
                                        {TomlType::string, true},
                                        {TomlType::boolean, false}}};

std::string shown(const TomlValue& value) {
    return value.type == TomlType::string ? toml_string(value.text) : value.text;
}

std::string shown(const TomlEntry& entry) {
    std::vector<std::string> values;
    for (const TomlValue& value : entry.values) values.push_back(shown(value));
    const std::string joined = fmt::format("{}", fmt::join(values, ", "));
    return entry.is_array ? "[" + joined + "]" : joined;
}

// Seeds go up to 2^64 - 1 and TOML's whole numbers to 2^63 - 1: larger ones stand in quotes.
bool too_large_for_toml(std::string_view digits) {
    return parsed<std::uint64_t>(digits).value_or(0) > INT64_MAX;
}

// A whole number will do for a real one; a text in a list must not be empty.
bool fits(const TomlValue& value, const Shape& shape) {
    if (shape.element == TomlType::integer && value.type == TomlType::string &&
        too_large_for_toml(value.text))
        return true;
    if (shape.element == TomlType::real && value.type == TomlType::integer) return true;
    if (shape.or_auto && value.type == TomlType::string) return true;
    return value.type == shape.element && !(shape.list && value.text.empty());
}

// The entry's words, when its type is the setting's. A single value will do for a list.
GivenValue typed_value(const TomlEntry& entry, const Setting& setting, const std::string& where) {
    const Shape shape = kShapes.at(static_cast<std::size_t>(setting.kind));
    GivenValue given{fmt::format("{}, line {}, {}", where, entry.line, entry.key), {}};
    const auto refuse = [&](const std::string& found) {
        std::string expected(name(shape.element));
        if (shape.list) expected = fmt::format("a list like {}", setting.toml(TrainOptions{}));
        if (shape.or_auto) expected = fmt::format("\"auto\" or {}", expected);
        throw InputError({.where = given.where, .expected = expected, .found = found});
    };
    if (entry.is_array && !shape.list) refuse(shown(entry));
    if (entry.values.empty()) refuse("an empty list");
    for (const TomlValue& value : entry.values) {
        if (!fits(value, shape))
            refuse(entry.is_array ? fmt::format("{} in {}", shown(value), shown(entry)) : shown(value));
        // Files of earlier versions have 0 for it.
        given.words.push_back(shape.or_auto && value.text == "0" ? "auto" : value.text);
    }
    return given;
}

void apply_toml(TrainOptions& options, const std::string& text, const std::string& where) {
    std::vector<std::string> known;
    for (const Setting& setting : train_settings()) known.push_back(setting.toml_key());
    std::map<std::string, const TomlEntry*> given;
    const std::vector<TomlEntry> entries = parse_toml(text, where);
    for (const TomlEntry& entry : entries) {
        std::string key = entry.key;
        std::replace(key.begin(), key.end(), '-', '_');
        if (std::find(known.begin(), known.end(), key) == known.end()) {
            const std::string nearest = suggestion(key, known);
            throw InputError(
                {.where = fmt::format("{}, line {}", where, entry.line),
                 .expected = "a known key",
                 .found = fmt::format("\"{}\"", entry.key),
                 .remedy = nearest.empty() ? "mnist train --print-config lists all keys" : nearest});
        }
        if (!given.emplace(key, &entry).second) {
            throw InputError({.where = fmt::format("{}, line {}", where, entry.line),
                              .expected = fmt::format("key {} once", key),
                              .found = "it for the second time"});
        }
    }
    for (const Setting& setting : train_settings()) {
        const auto found = given.find(setting.toml_key());
        if (found != given.end()) setting.set(options, typed_value(*found->second, setting, where));
    }
}

void apply_config_file(TrainOptions& options, const std::filesystem::path& file) {
    const bool piped = file == kStandardStream;
    const std::string text = piped ? read_standard_input(kMaxConfigBytes) : read_file(file, kMaxConfigBytes);
    apply_toml(options, text, piped ? "standard input" : file.string());
}

// Where results go to, how they are shown and how many threads there are decides no bit; the data is compared
// by its contents.
bool may_differ_when_resumed(std::string_view key) {
    constexpr std::array<std::string_view, 13> kFree{"data-dir",
                                                     "dataset",
                                                     "data-prefix",
                                                     "out",
                                                     "report",
                                                     "label",
                                                     "quiet",
                                                     "threads",
                                                     "jobs",
                                                     "loader-threads",
                                                     "checkpoint-every",
                                                     "data-from-root",
                                                     "allow-mixed"};
    return std::find(kFree.begin(), kFree.end(), key) != kFree.end();
}

// What only shows when all settings are known.
void check_together(TrainOptions& options) {
    TrainConfig& config = options.config;
    if (config.seed > UINT64_MAX - (config.seeds - 1)) {
        throw InputError({.where = "--seed",
                          .expected = fmt::format("a seed that leaves room for {} seeds", config.seeds),
                          .found = std::to_string(config.seed),
                          .remedy = "Lower --seed or --seeds"});
    }
    if (options.init_model && !options.hidden_given) {
        const std::vector<std::size_t> dims = load_model(*options.init_model).dims();
        config.hidden.assign(dims.begin() + 1, dims.end() - 1);
    }
    if (options.warmup_given && !peaks(config.schedule)) {
        throw InputError({.where = "--warmup",
                          .expected = fmt::format("--schedule {} beside it", either_of(schedule_words(true))),
                          .found = fmt::format("--schedule {}", name(config.schedule))});
    }
    validate(config, nullptr);
}

}  // namespace

TrainOptions read_train_options(const std::optional<std::filesystem::path>& config_file,
                                const GivenFlags& flags) {
    TrainOptions options;
    if (config_file) apply_config_file(options, *config_file);
    for (const Setting& setting : train_settings()) {
        const auto flag = flags.find(setting.key);
        if (flag != flags.end()) setting.set(options, flag->second);
    }
    read_environment(options.data);
    check_together(options);
    return options;
}

TrainOptions read_resumed_options(const std::string& toml, const std::string& where,
                                  const GivenFlags& flags) {
    TrainOptions options;
    apply_toml(options, toml, where + ", its settings");
    std::vector<std::string> differing;
    for (const Setting& setting : train_settings()) {
        const auto flag = flags.find(setting.key);
        if (flag == flags.end()) continue;
        const std::string stored = setting.toml(options);
        setting.set(options, flag->second);
        const std::string wanted = setting.toml(options);
        if (stored == wanted || may_differ_when_resumed(setting.key)) continue;
        differing.push_back(fmt::format("--{} is {} there and {} here", setting.key,
                                        stored.empty() ? "not set" : stored, wanted));
    }
    if (!differing.empty())
        throw InputError(
            {.where = "--resume",
             .expected = fmt::format("the settings of {}", where),
             .found = fmt::format("others: {}", fmt::join(differing, "; ")),
             .remedy = "Leave them out to go on, or train anew with --checkpoint in another folder"});
    read_environment(options.data);
    check_together(options);
    return options;
}

TrainOptions with_absolute_paths(TrainOptions options) {
    for (auto* const path : {&options.data.data_dir, &options.data.env_dir, &options.init_model,
                             &options.save_model, &options.out, &options.report, &options.checkpoint}) {
        if (*path && **path != kStandardStream) *path = std::filesystem::absolute(**path);
    }
    return options;
}

std::string train_options_toml(const TrainOptions& options) {
    std::string text =
        "# Configuration of mnist train. To run it: mnist train --config THIS_FILE\n"
        "# Lines that begin with # are settings that are not set, with an example.\n";
    std::string_view group;
    for (const Setting& setting : train_settings()) {
        if (setting.group != group) {
            group = setting.group;
            text += fmt::format("\n# {}\n", group);
        }
        std::string value = setting.toml(options);
        if (value.empty()) {
            text += fmt::format("# {} = {}  # not set: {}\n", setting.toml_key(), setting.example,
                                setting.when_unset);
            continue;
        }
        if (too_large_for_toml(value)) value = toml_string(value);
        const std::string line = fmt::format("{} = {}\n", setting.toml_key(), value);
        // What could not be read back, because a path is not UTF-8, is refused before it is written.
        static_cast<void>(parse_toml(line, fmt::format("--{}", setting.key)));
        text += line;
    }
    return text;
}

}  // namespace mnist
