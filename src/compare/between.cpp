// A side's rows lose the part that is compared: then they match, are grouped and are warned of as the rows of
// two files are.
#include "mnist/compare/between.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <set>

#include "differences.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/train_config.hpp"
#include "mnist/core/values.hpp"
#include "table.hpp"

namespace mnist {
namespace {

constexpr const char* kOption = "--between";

std::string in_lower_case(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// A name without one of its parts, and the value of that; empty where it does not have the part.
struct Parted {
    std::string value, rest;
};

/// The optimizer of "Train/Adam/batch:64", and that of a run of `mnist train`, "Adam, seed 3".
Parted optimizer_parted(const std::string& name) {
    for (const Optimizer& optimizer : kOptimizers) {
        const std::string label(optimizer.label);
        if (name.starts_with(label + ", ")) return {label, name.substr(label.size() + 2)};
        const std::size_t at = (name + "/").find("/" + label + "/");
        if (at != std::string::npos) return {label, name.substr(0, at) + name.substr(at + 1 + label.size())};
    }
    return {};
}

/// `name` as the rows of a file with these facts have it.
Parted parted(const std::string& name, const std::string& part, const Facts& facts) {
    if (part == "optimizer") return optimizer_parted(name);
    Parted found{.value = {}, .rest = name};
    found.value = taken_out(found.rest, "/" + part + ":");
    if (!found.value.empty()) return found;
    if (part == "threads") found.value = measured_as(name, facts).threads;
    if (part == "precision") found.value = measured_as(name, facts).precision;
    if (part == "library" && facts.contains("mnist.schema")) found.value = "ours";
    return found;
}

bool is_digits(const std::string& text) {
    return text.find_first_not_of("0123456789") == std::string::npos;
}

/// 64 before 256.
struct SmallerFirst {
    bool operator()(const std::string& a, const std::string& b) const {
        if (is_digits(a) && is_digits(b) && a.size() != b.size()) return a.size() < b.size();
        return a < b;
    }
};
using Parts = std::map<std::string, std::set<std::string, SmallerFirst>>;

/// The parts that any name has, each with the values that rows have of it.
Parts parts_of(const Measurements& whole) {
    Parts parts;
    for (const MeasuredRow& row : whole.rows)
        for (std::size_t slash = row.name.find('/'); slash != std::string::npos;) {
            const std::size_t next = row.name.find('/', slash + 1);
            const std::string part = row.name.substr(slash + 1, next - slash - 1);
            const std::size_t colon = part.find(':');
            if (colon != std::string::npos) parts[part.substr(0, colon)].insert(part.substr(colon + 1));
            slash = next;
        }
    for (const char* const said_elsewhere : {"optimizer", "threads", "precision", "library"}) {
        if (std::string_view(said_elsewhere) == "library" && !parts.contains("library")) continue;
        for (const MeasuredRow& row : whole.rows)
            if (std::string value = parted(row.name, said_elsewhere, whole.facts).value; !value.empty())
                parts[said_elsewhere].insert(std::move(value));
    }
    return parts;
}

/// The first of many, for an error.
template <class Words>
std::string some_words(const Words& words) {
    constexpr std::size_t kMost = 12;
    std::vector<std::string> shown;
    for (const std::string& one : words) {
        if (shown.size() == kMost) {
            shown.emplace_back("...");
            break;
        }
        shown.push_back(one);
    }
    return fmt::format("{}", fmt::join(shown, ", "));
}

/// The values as the file has them.
std::vector<std::string> values_found(const Measurements& whole, const Between& between) {
    const auto parts = parts_of(whole);
    const auto part = parts.find(between.part);
    if (part == parts.end()) {
        std::vector<std::string> names;
        for (const auto& [name, values] : parts)
            if (values.size() > 1) names.push_back(fmt::format("{} ({})", name, some_words(values)));
        throw InputError({.where = kOption,
                          .expected = fmt::format("a part that names in {} differ in: {}", whole.label,
                                                  names.empty() ? "they differ in none" : some_words(names)),
                          .found = between.part});
    }
    const std::string of_file =
        fmt::format("{} of {}: {}", between.part, whole.label, some_words(part->second));
    std::vector<std::string> found;
    for (const std::string& given : between.values) {
        const auto same = std::ranges::find_if(part->second, [&](const std::string& value) {
            return in_lower_case(value) == in_lower_case(given);
        });
        if (same == part->second.end())
            throw InputError(
                {.where = kOption,
                 .expected = "a value of " + of_file + (part->second.size() == 1 ? " in all rows" : ""),
                 .found = given,
                 .remedy =
                     "Measure both in one run, as mnist_bench does with lists of --precision, --threads "
                     "and --copies"});
        if (std::find(found.begin(), found.end(), *same) != found.end())
            throw InputError({.where = kOption, .expected = "different values", .found = given + " twice"});
        found.push_back(*same);
    }
    if (found.size() < 2)
        throw InputError({.where = kOption,
                          .expected = "two values or more, BASE,NEW, of " + of_file,
                          .found = some_words(found)});
    return found;
}

/// "bf16" and "Adam", but "threads:2": a number alone says nothing.
std::string side_label(const std::string& part, const std::string& value) {
    return is_digits(value) ? fmt::format("{}:{}", part, value) : value;
}

/// The facts of a side.
Facts facts_of_side(const Facts& whole, const std::string& part) {
    Facts facts = whole;
    facts.erase(kScoreSetKey);
    if (part == "precision") facts.erase("mnist.config.precision");  // would make all rows "in bf16"
    return facts;
}

}  // namespace

std::vector<Measurements> sides_between(const Measurements& whole, const Between& between) {
    const std::vector<std::string> values = values_found(whole, between);
    std::map<std::string, std::set<std::string>> sides_with;  // values by rest, of rows and of what failed
    const auto note = [&](const std::string& name) {
        const Parted one = parted(name, between.part, whole.facts);
        if (std::find(values.begin(), values.end(), one.value) != values.end())
            sides_with[one.rest].insert(one.value);
    };
    for (const MeasuredRow& row : whole.rows) note(row.name);
    for (const SkippedRow& row : whole.skipped) note(row.name);
    std::vector<Measurements> sides;
    for (const std::string& value : values) {
        Measurements& side = sides.emplace_back();
        side.label = side_label(between.part, value);
        side.facts = facts_of_side(whole.facts, between.part);
        // One process planned them for all of its rows: compare() multiplies those of two.
        if (sides.size() > 1) side.facts.erase(kPlannedLooks);
        side.processes = whole.processes;
        side.copies = whole.copies;
        std::set<std::string> taken;
        for (const MeasuredRow& row : whole.rows) {
            const Parted one = parted(row.name, between.part, whole.facts);
            if (one.value != value || sides_with[one.rest].size() < 2 || !taken.insert(one.rest).second)
                continue;
            side.rows.push_back(row);
            side.rows.back().name = one.rest;
        }
        for (const SkippedRow& row : whole.skipped)
            if (const Parted one = parted(row.name, between.part, whole.facts); one.value == value)
                side.skipped.push_back({one.rest, row.reason});
    }
    for (const Measurements& side : sides)
        if (&side != &sides.front() && rows_in_common(sides.front(), side) == 0)
            throw InputError(
                {.where = kOption,
                 .expected = fmt::format("rows of {} that differ in {} alone", whole.label, between.part),
                 .found = fmt::format("none with {} and {}", sides.front().label, side.label),
                 .remedy = "Measure the same with both, in one run"});
    return sides;
}

ComparedFiles compare_between(const Measurements& whole, const Between& between,
                              const CompareSettings& settings) {
    CompareSettings mine = settings;
    if (mine.mode == CompareMode::automatic) mine.mode = CompareMode::report;
    ComparedFiles files = compare_files(sides_between(whole, between), mine);
    for (Comparison& comparison : files.comparisons)
        comparison.within = {.part = between.part,
                             .of = whole.label,
                             .runs = whole.processes,
                             .random_order = fact(whole.facts, "mnist.run.interleaved") == "true"};
    return files;
}

}  // namespace mnist
