// Tables of facts, each with what it means when it differs.
#include "fairness.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "differences.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/optimizers.hpp"
#include "mnist/core/remedies.hpp"
#include "mnist/core/values.hpp"
#include "table.hpp"

namespace mnist {
namespace {

constexpr const char* kData = "mnist.dataset.sha256";
constexpr const char* kLoaders = "mnist.config.loader_threads";
constexpr const char* kJobs = "mnist.config.jobs";
constexpr const char* kTeamSize = "mnist.config.threads";
constexpr std::string_view kGrid = "mnist.grid.";
constexpr const char* kSchedule = "mnist.config.schedule";

/// What another value makes of a training.
enum class Makes {
    other_bits,
    other_cycle,  ///< the same, of a schedule: where schedules differ these do anyway
    same_bits     ///< it changes neither the data nor the order of a sum; runs are matched by seed
};
struct UnfairFact {
    std::string key;
    std::string what;  ///< in the plural; empty: no comparison is unfair for it
    std::string remedy;
    const char* usual = nullptr;  ///< what is done where a file of ours does not say
    Makes makes = Makes::other_bits;
};

/// All but those that the names of rows say, and the network and the precision, which have words of their
/// own.
std::vector<UnfairFact> known_settings() {
    std::vector<UnfairFact> all{
        {"mnist.config.epochs", "epochs", "train as many epochs in both"},
        {kSchedule, "learning-rate schedules", "train with the same --schedule", "constant"},
        {"mnist.config.shuffle", "shuffling", "shuffle in both or in neither"},
        {kLoaders, "loader threads", "use the same --loader-threads", nullptr, Makes::same_bits},
        {kJobs, "numbers of runs side by side, which slow each other down,",
         "train both with the same --jobs", "1", Makes::same_bits},
    };
    for (const OptimizerSetting& setting : kOptimizerSettings)
        all.push_back({fmt::format("mnist.config.{}", underscored(setting.key)), std::string(setting.plural),
                       fmt::format("train with the same --{}", setting.key)});
    all.push_back({"mnist.config.peak_lr", "peak learning rates", "train with the same --peak-lr",
                   "each optimizer's own", Makes::other_cycle});
    all.push_back(
        {"mnist.config.warmup", "warm-ups", "train with the same --warmup", nullptr, Makes::other_cycle});
    for (const char* const key : {kTeamSize, "mnist.config.seed", "mnist.config.seeds",
                                  "mnist.config.test_batch_size", "mnist.config.target_accuracy"})
        all.push_back({key, "", "", nullptr, Makes::same_bits});
    return all;
}

const std::array kUnfair{
    UnfairFact{"mnist.build.build_type", "build types", "build both with ./run, which builds releases"},
    UnfairFact{"mnist.dataset.train_samples", "training samples", "train on the same data"},
};

/// Of mnist_bench, or of a `mnist train` that knows schedules: what such a file leaves out is as usual.
bool leaves_out_the_usual(const Facts& facts) {
    return facts.contains("mnist.schema") || facts.contains(kSchedule);
}

/// Hidden extents as one text, since they are a key each.
std::string network(const Facts& facts) {
    std::string text;
    for (auto at = facts.lower_bound("mnist.config.hidden."); at != facts.end(); ++at) {
        if (!at->first.starts_with("mnist.config.hidden.")) break;
        text += (text.empty() ? "" : "-") + at->second;
    }
    return text;
}

void warn_of_difference(const UnfairFact& unfair, const Facts& base, const Facts& measured,
                        std::vector<std::string>& warnings) {
    const auto said_or_usual = [&](const Facts& facts) {
        const auto said = fact(facts, unfair.key);
        return !said && unfair.usual != nullptr && leaves_out_the_usual(facts) ? unfair.usual : said;
    };
    const auto a = said_or_usual(base);
    const auto b = said_or_usual(measured);
    // Where auto chose the teams, their loaders are part of the choice.
    const bool is_chosen = unfair.key == kLoaders && auto_chose_both(base, measured);
    if (a && b && *a != *b && !is_chosen && !unfair.what.empty())
        warnings.push_back(fmt::format("the {} differ ({} and {}): {}", unfair.what, *a, *b, unfair.remedy));
}

void warn_of_one(const Measurements& side, std::vector<std::string>& warnings) {
    if (fact(side.facts, "mnist.dataset.synthetic") == "true")
        warnings.push_back(fmt::format("{} was measured on synthetic digits: get MNIST by {}", side.label,
                                       fetch_words("mnist")));
    if (fact(side.facts, "mnist.interrupted") == "true")
        warnings.push_back(fmt::format("{} was interrupted: measure it again", side.label));
    if (fact(side.facts, "mnist.resumed"))
        warnings.push_back(
            fmt::format("{} was resumed from a checkpoint, its speed is of several processes: train at one "
                        "go to compare it",
                        side.label));
    if (fact(side.facts, "mnist.build.build_type") == "Debug")
        warnings.push_back(fmt::format("{} is of a debug build: build with ./run", side.label));
    for (const std::string& copy : side.copies)
        warnings.push_back(
            fmt::format("{} has no repetition that the files before it in {} did not have, to the last "
                        "digit: each counts twice; pool files of different measurements",
                        copy, side.label));
    std::size_t disturbed = 0;
    std::size_t repetitions = 0;
    for (const MeasuredRow& row : side.rows) {
        disturbed += row.disturbed;
        repetitions += row.seconds.size();
    }
    if (disturbed > 0)
        warnings.push_back(fmt::format(
            "{} of {} repetitions of {} {} disturbed by something else that ran meanwhile: measure "
            "again in a quieter hour, with more repetitions",
            disturbed, repetitions, side.label, disturbed == 1 ? "was" : "were"));
}

void warn_of_precisions(const std::vector<Match>& matches, std::vector<std::string>& warnings) {
    const auto other = std::ranges::find_if(matches, [](const Match& match) {
        return match.base_as.precision != match.measured_as.precision && !match.base_as.precision.empty() &&
               !match.measured_as.precision.empty();
    });
    if (other == matches.end()) return;
    warnings.push_back(fmt::format("the precisions differ ({} and {}): compare the same --precision",
                                   other->base_as.precision, other->measured_as.precision));
}

/// What makes it another training: its network, its settings, its precision.
std::vector<std::string> settings_warnings(const Measurements& base, const Measurements& measured,
                                           const std::vector<Match>& matches) {
    std::vector<std::string> warnings;
    const std::string base_network = network(base.facts);
    const std::string new_network = network(measured.facts);
    if (!base_network.empty() && !new_network.empty() && base_network != new_network)
        warnings.push_back(fmt::format("the networks differ (hidden layers {} and {}): use the same --hidden",
                                       base_network, new_network));
    const auto schedule = fact(base.facts, kSchedule);
    const bool one_schedule = schedule && schedule == fact(measured.facts, kSchedule);
    for (const UnfairFact& setting : known_settings())
        if (setting.makes != Makes::other_cycle || one_schedule)
            warn_of_difference(setting, base.facts, measured.facts, warnings);
    warn_of_precisions(matches, warnings);
    return warnings;
}

/// Auto times for a fraction of a second, so a busy one may have cost the whole file cores.
void warn_of_teams(const Facts& base, const Facts& measured, std::vector<std::string>& warnings) {
    // With other jobs, which are warned of, a run has other threads whatever auto measured.
    if (!auto_chose_both(base, measured) ||
        fact(base, kJobs).value_or("1") != fact(measured, kJobs).value_or("1"))
        return;
    std::vector<std::string> others;
    const auto add = [&](std::string_view what, const std::string& a, const std::string& b) {
        if (a != b) others.push_back(fmt::format("{} {} and {}", what, a, b));
    };
    const auto threads = fact(base, kTeamSize);
    if (threads) add("threads", *threads, fact(measured, kTeamSize).value_or(*threads));
    for (auto at = base.lower_bound(std::string(kGrid)); at != base.end(); ++at) {
        if (!at->first.starts_with(kGrid)) break;
        const auto workers = [](const std::string& grid) { return grid.substr(0, grid.find(';')); };
        const std::string grid = fact(measured, at->first).value_or(at->second);
        add(at->first.substr(kGrid.size()), workers(at->second), workers(grid));
    }
    if (others.empty()) return;
    const std::string more = others.size() > 1 ? fmt::format(", and {} more", others.size() - 1) : "";
    warnings.push_back(
        fmt::format("--threads auto chose other teams ({}{}), which may be all of a "
                    "difference: give both the same number of --threads",
                    others.front(), more));
}

void warn_of_noise(const Measurements& base, std::vector<std::string>& warnings) {
    for (auto at = base.facts.lower_bound(std::string(kNoiseFloor)); at != base.facts.end(); ++at) {
        if (!at->first.starts_with(kNoiseFloor)) break;
        if (!noise_share(at->second))
            warnings.push_back(
                fmt::format("the noise floor of {} in {} is no share from 0 to 1 ({}) and is left out: "
                            "measure it again with mnist_bench --noise-floor",
                            at->first.substr(kNoiseFloor.size()), base.label, at->second));
    }
}

std::vector<std::string> explanations(const Facts& base, const Facts& measured) {
    std::vector<std::string> found;
    for (const auto& [key, what] :
         {std::pair{"mnist.machine.isa", "instruction set"},
          std::pair{"mnist.machine.onednn_isa", "oneDNN's instruction set"},
          std::pair{"mnist.config.precision", "precision"}, std::pair{"mnist.build.onednn", "oneDNN"},
          std::pair{"mnist.build.compiler", "compiler"}, std::pair{"mnist.build.version", "version"},
          std::pair{"mnist.build.commit", "commit"}}) {
        const auto a = fact(base, key);
        const auto b = fact(measured, key);
        if (a != b)
            found.push_back(
                fmt::format("{} ({} and {})", what, a.value_or("unknown"), b.value_or("unknown")));
    }
    return found;
}

/// Whether both were asked to compute the same.
bool same_configuration(const Facts& base, const Facts& measured) {
    std::vector<std::string> keys = configuration_keys(base, measured);
    for (const UnfairFact& setting : known_settings())
        if (setting.makes == Makes::same_bits) std::erase(keys, setting.key);
    keys.emplace_back(kData);
    return std::ranges::all_of(
        keys, [&](const std::string& key) { return fact(base, key) == fact(measured, key); });
}

}  // namespace

bool is_of_same_data(const Facts& base, const Facts& measured) {
    const auto a = fact(base, kData);
    const auto b = fact(measured, kData);
    return !a || !b || *a == *b;
}

void require_same_data(const Measurements& base, const Measurements& measured) {
    if (is_of_same_data(base.facts, measured.facts)) return;
    const auto named = [](const Measurements& side) {
        return fmt::format("{} ({})", fact(side.facts, "mnist.dataset.name").value_or("data"),
                           side.facts.at(kData).substr(0, 12));
    };
    throw InputError({.where = measured.label,
                      .expected = fmt::format("the data of {}, {}", base.label, named(base)),
                      .found = named(measured),
                      .remedy = "Measure both on the same data set (--dataset, --data-dir)"});
}

std::vector<std::string> unfair_differences(const Measurements& base, const Measurements& measured,
                                            const std::vector<Match>& matches) {
    std::vector<std::string> warnings = settings_warnings(base, measured, matches);
    for (const UnfairFact& unfair : kUnfair) warn_of_difference(unfair, base.facts, measured.facts, warnings);
    warn_of_teams(base.facts, measured.facts, warnings);
    warn_of_noise(base, warnings);
    warn_of_one(base, warnings);
    warn_of_one(measured, warnings);
    return warnings;
}

std::vector<std::string> training_differences(const Measurements& base, const Measurements& measured) {
    return settings_warnings(base, measured, {});
}

bool trains_alike(const Measurements& one, const Measurements& other) {
    return settings_warnings(one, other, matched(one, other).rows).empty();
}

void warn_of_confounding(Comparison& comparison) {
    const std::vector<std::string> build = build_differences(comparison.other_differences);
    if (comparison.fingerprint_differences.empty() || build.empty()) return;
    comparison.warnings.push_back(fmt::format(
        "both what was measured on and the build differ ({}), and no ratio, nor the efficiency in "
        "it, says which of the two it comes from: measure one build on both",
        fmt::join(build, ", ")));
}

std::vector<std::string> compared_bits(const Measurements& base, const Measurements& measured) {
    std::vector<std::string> sentences;
    if (!same_configuration(base.facts, measured.facts)) return sentences;
    std::size_t same = 0;
    std::vector<std::string> others;
    for (const auto& [run, hash] : base.weights) {
        const auto other = measured.weights.find(run);
        if (other == measured.weights.end()) continue;
        if (other->second == hash) {
            ++same;
        } else {
            others.push_back(run);
        }
    }
    if (same > 0)
        sentences.push_back(same == 1 ? std::string("The final weights of 1 run are the same bits")
                                      : fmt::format("The final weights of {} runs are the same bits", same));
    if (!others.empty()) {
        const auto reasons = explanations(base.facts, measured.facts);
        sentences.push_back(fmt::format(
            "The final weights of {} are not the same bits; {}", fmt::join(others, "; "),
            reasons.empty()
                ? std::string("no recorded fact explains it")
                : fmt::format("what differs and could explain it: {}", fmt::join(reasons, ", "))));
    }
    return sentences;
}

}  // namespace mnist
