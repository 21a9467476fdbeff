// The sentences, and the figures in them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "comparison_words.hpp"
#include "mnist/compare/gate.hpp"
#include "mnist/report/comparison_text.hpp"
#include "mnist/report/text.hpp"

namespace mnist {
namespace {

constexpr std::size_t kMostFamilies = 3;  // in the sentence on a ranking

// "1.14"; figures far from 1 with three digits, for a hostile one has three hundred.
std::string figure(double ratio) {
    return ratio >= 0.01 && ratio < 1e5 ? fmt::format("{:.2f}", ratio) : fmt::format("{:.3g}", ratio);
}

std::string range_words(const Interval& interval) {
    return fmt::format("{} to {}", figure(interval.lower), figure(interval.upper));
}

// "1.14x faster (1.11 to 1.17)"; slower turned round as well, since people read a factor above 1 more easily
// than 0.80.
std::string factor(double ratio, const std::optional<Interval>& interval) {
    const bool faster = ratio >= 1;
    std::string text =
        fmt::format("{}x {}", figure(faster ? ratio : 1 / ratio), faster ? "faster" : "slower");
    if (interval)
        text += fmt::format(" ({})", faster ? range_words(*interval)
                                            : range_words({1 / interval->upper, 1 / interval->lower}));
    return text;
}

std::string speed_words(const SpeedComparison& speed) {
    if (!speed.ratio) return "no ratio";
    if (speed.verdict == SpeedVerdict::faster || speed.verdict == SpeedVerdict::slower)
        return factor(*speed.ratio, speed.interval);
    const std::string range = speed.interval ? range_words(*speed.interval) : "";
    if (speed.verdict == SpeedVerdict::equivalent)
        return fmt::format("equally fast within {:.3g} % ({})", speed.threshold * 100, range);
    return fmt::format("no claim about speed (ratio {}{})", figure(*speed.ratio),
                       range.empty() ? "" : ", " + range);
}

// A mean between rows that went both ways says little about any of them.
std::string group_words(const GroupComparison& group) {
    const bool claimed =
        group.speed.verdict == SpeedVerdict::faster || group.speed.verdict == SpeedVerdict::slower;
    if (claimed || group.faster == 0 || group.slower == 0 || !group.speed.ratio)
        return speed_words(group.speed);
    return fmt::format("mixed, {} of {} rows faster and {} slower (mean ratio {})", group.faster, group.rows,
                       group.slower, figure(*group.speed.ratio));
}

std::string accuracy_words(const AccuracyComparison& accuracy) {
    constexpr std::array<const char*, 4> kSaid{"better", "worse", "unchanged", "undecided"};
    std::string text = fmt::format("accuracy {} ({}", kSaid.at(static_cast<std::size_t>(accuracy.verdict)),
                                   points(accuracy.difference));
    if (accuracy.interval)
        text += fmt::format(", {} to {}", points(accuracy.interval->lower), points(accuracy.interval->upper));
    return text + ")";
}

// "b.json trains at 1.73 times a.json's speed (1.68 to 1.77)": nobody needs to know which of two times is
// divided by which. Behind the first such sentence files need not be named again: "at 1.60 times its speed".
std::string training_words(const Comparison& comparison, const GroupComparison& group, bool is_first,
                           const Quote& quote) {
    const SpeedComparison& speed = group.speed;
    const std::string base = quote(comparison.base_label);
    std::string text = is_first && group.title == "training" ? std::string() : quote(group.title) + ": ";
    if (is_first) text += quote(comparison.new_label) + " trains ";
    const std::string range = speed.interval ? fmt::format(" ({})", range_words(*speed.interval)) : "";
    if (speed.verdict == SpeedVerdict::equivalent)
        return text + fmt::format("as fast{} within {:.3g} %{}", is_first ? " as " + base : "",
                                  speed.threshold * 100, range);
    const double ratio = speed.ratio.value_or(1);
    text += fmt::format("at {} {} {} speed{}", figure(ratio), ratio >= 1 ? "times" : "of",
                        is_first ? base + "'s" : "its", range);
    if (speed.verdict != SpeedVerdict::inconclusive) return text;
    if (group.faster > 0 && group.slower > 0)
        return text + fmt::format(", {} of {} faster and {} slower", group.faster, row_count(group.rows),
                                  group.slower);
    return text + (speed.interval ? ", no difference shown" : ", too few repetitions for a claim");
}

// Rows of times that measure the program, or that measure the machine where there are no others.
std::vector<const ComparedRow*> rows_to_count(const Comparison& comparison) {
    std::vector<const ComparedRow*> rows;
    for (const bool of_machine : {false, true}) {
        for (const ComparedRow& row : comparison.rows)
            if (row.of_machine == of_machine && row.percentile.empty()) rows.push_back(&row);
        if (!rows.empty()) break;
    }
    return rows;
}

// "a, b and 3 more".
std::string some_of(const std::vector<std::string>& names, const Quote& quote) {
    constexpr std::size_t kMostNamed = 3;
    std::vector<std::string> words;
    for (std::size_t i = 0; i < std::min(names.size(), kMostNamed); ++i) words.push_back(quote(names[i]));
    if (names.size() > kMostNamed) words.push_back(fmt::format("{} more", names.size() - kMostNamed));
    return listed(words);
}

// "2 of 8 latencies slower (Infer/batch:1 p99, Infer/batch:64 p99), 1 faster".
std::string latency_counts(const Comparison& comparison, const Quote& quote) {
    std::vector<std::string> slower;
    std::size_t faster = 0;
    std::size_t rows = 0;
    for (const ComparedRow& row : comparison.rows) {
        if (row.percentile.empty()) continue;
        ++rows;
        if (row.speed.verdict == SpeedVerdict::slower) slower.push_back(row.name);
        if (row.speed.verdict == SpeedVerdict::faster) ++faster;
    }
    const std::string of_all = fmt::format("of {} {}", rows, rows == 1 ? "latency" : "latencies");
    std::string text;
    if (!slower.empty())
        text = fmt::format("{} {} slower ({})", slower.size(), of_all, some_of(slower, quote));
    if (faster > 0)
        text +=
            text.empty() ? fmt::format("{} {} faster", faster, of_all) : fmt::format(", {} faster", faster);
    return text;
}

// "c.json is first, 1.30x faster than a.json (1.26 to 1.34)".
std::string first_of(const FamilyRanking& ranking, const std::string& base, const Quote& quote) {
    std::vector<std::string> first;
    for (const RankedMember& member : ranking.members)
        if (member.judged && member.rank == 1) first.push_back(quote(member.label));
    if (first.empty()) return "no file can be ranked: too few repetitions, or disturbed";
    if (first.size() > kMostFamilies)
        return fmt::format("{} of {} files share the first place", first.size(), ranking.members.size());
    if (first.size() > 1) return listed(first) + " share the first place";
    const RankedMember& winner = ranking.members.front();
    if (winner.label == base) return first.front() + " is first";
    std::string text = fmt::format("{} is first, {} than {}", first.front(),
                                   factor(winner.ratio, winner.interval), quote(base));
    if (winner.accuracy && winner.accuracy->verdict == AccuracyVerdict::worse)
        text += ", " + accuracy_words(*winner.accuracy);
    return text;
}

}  // namespace

std::string points(double value) {
    const std::string text = fmt::format("{:+.2f}", value);
    return text == "-0.00" ? "+0.00" : text;
}

std::string headline(const Comparison& comparison, const Quote& quote) {
    std::string text;
    for (const GroupComparison& group : comparison.named) {
        if (!group.is_headline) continue;
        const bool is_first = text.empty();
        if (!is_first) text += "; ";
        text += group.is_training ? training_words(comparison, group, is_first, quote)
                                  : fmt::format("{}: {}", quote(group.title), group_words(group));
        if (group.accuracy) text += ", " + accuracy_words(*group.accuracy);
    }
    return text.empty() ? "nothing can be said of speed: no row of the program has undisturbed times" : text;
}

std::string row_counts(const Comparison& comparison, const Quote& quote) {
    const std::vector<const ComparedRow*> counted = rows_to_count(comparison);
    std::string text;
    const auto add = [&](auto is_counted, const char* what) {
        const auto rows = std::ranges::count_if(counted, is_counted);
        if (rows == 0 || counted.size() < 2) return;
        text += text.empty() ? fmt::format("{} of {} rows {}", rows, counted.size(), what)
                             : fmt::format(", {} {}", rows, what);
    };
    const auto speed = [](SpeedVerdict verdict) {
        return [verdict](const ComparedRow* row) { return row->speed.verdict == verdict; };
    };
    const auto accuracy = [](AccuracyVerdict verdict) {
        return
            [verdict](const ComparedRow* row) { return row->accuracy && row->accuracy->verdict == verdict; };
    };
    add(speed(SpeedVerdict::slower), "slower");
    add(accuracy(AccuracyVerdict::worse), "less accurate");
    add(speed(SpeedVerdict::faster), "faster");
    add(accuracy(AccuracyVerdict::better), "more accurate");
    add(speed(SpeedVerdict::equivalent), "equally fast");
    add(speed(SpeedVerdict::inconclusive), "without a claim about speed");
    add(speed(SpeedVerdict::disturbed), "disturbed");
    const std::string latencies = latency_counts(comparison, quote);
    return text.empty() || latencies.empty() ? text + latencies : text + "; " + latencies;
}

std::string gate_sentence(const Comparison& comparison, const Quote& quote) {
    const Gate gate = gate_of(comparison);
    std::vector<std::string> reasons;
    const std::string rows = row_count(gate.rows);
    const auto count = [&](std::size_t number, const char* what) {
        if (number > 0) reasons.push_back(fmt::format("{} of {} {}", number, rows, what));
    };
    count(gate.regressed, "regressed");
    count(gate.traded, "traded speed and accuracy for each other");
    if (!gate.groups.empty() && gate.regressed + gate.traded == 0) {
        std::vector<std::string> titles;
        for (const std::string& title : gate.groups) titles.push_back(quote(title));
        reasons.push_back(listed(titles) + " regressed as a whole");
    }
    if (!gate.failures.empty()) {
        const SkippedRow& first = gate.failures.front();
        reasons.push_back(fmt::format(
            "{} is measured in the base and failed in the new file ({}){}", quote(first.name),
            quote(first.reason),
            gate.failures.size() > 1 ? fmt::format(", as did {} more", gate.failures.size() - 1) : ""));
    }
    if (gate.outcome == GateOutcome::passed)
        reasons.push_back(fmt::format("no regression shown in {}", rows));
    if (gate.rows == 0) {
        reasons.emplace_back("no row measures the program");
    } else if (gate.outcome == GateOutcome::undecided && !gate.can_judge && gate.unjudged > 0) {
        reasons.push_back("too few repetitions to judge any row: measure with " +
                          comparison.more_repetitions);
    } else {
        count(gate.unjudged, "not judged for want of repetitions");
    }
    if (!gate.missing.empty())
        reasons.push_back(fmt::format("{} of the base {} missing in the new file ({})",
                                      row_count(gate.missing.size()), gate.missing.size() == 1 ? "is" : "are",
                                      some_of(gate.missing, quote)));
    if (!gate.disturbed.empty())
        reasons.push_back(
            fmt::format("{} {} disturbed and decided nothing ({}): measure again in a quieter hour",
                        row_count(gate.disturbed.size()), gate.disturbed.size() == 1 ? "was" : "were",
                        some_of(gate.disturbed, quote)));
    constexpr std::array<const char*, 3> kSaid{"PASSED", "FAILED", "UNDECIDED"};
    std::string text = fmt::format("{}: ", kSaid.at(static_cast<std::size_t>(gate.outcome)));
    for (const std::string& reason : reasons) text += (&reason == &reasons.front() ? "" : "; ") + reason;
    return text;
}

std::string gate_summary(const Comparison& comparison) {
    return gate_sentence(comparison, short_printable);
}

std::string ranking_sentence(const ComparedFiles& files, const Quote& quote) {
    const std::string& base = files.comparisons.front().base_label;
    std::vector<FamilyRanking> told = files.rankings;
    // Training is what all other families are measured for.
    std::stable_partition(told.begin(), told.end(), [](const FamilyRanking& ranking) {
        return ranking.family == "Train" || ranking.family.starts_with("Train in ");
    });
    const std::size_t shown = std::min(told.size(), kMostFamilies);
    std::string text;
    for (std::size_t i = 0; i < shown; ++i)
        text +=
            fmt::format("{}{}: {}", i > 0 ? "; " : "", quote(told[i].family), first_of(told[i], base, quote));
    if (told.empty()) return "no ranking, since no row stands in all files undisturbed";
    if (const std::size_t more = told.size() - shown; more > 0)
        text += fmt::format("; {} more {} below", more, more == 1 ? "family" : "families");
    return text;
}

std::string unranked_words(const FamilyRanking& ranking, const Quote& quote) {
    std::vector<std::string> unranked;
    for (const RankedMember& member : ranking.members)
        if (!member.judged) unranked.push_back(quote(member.label));
    if (unranked.empty()) return {};
    return fmt::format("{} {} no rank: too few repetitions, or disturbed", listed(unranked),
                       unranked.size() == 1 ? "has" : "have");
}

std::string comparison_summary(const Comparison& comparison) {
    const std::string counts = row_counts(comparison, short_printable);
    return headline(comparison, short_printable) + (counts.empty() ? "" : "; " + counts);
}

std::string ranking_summary(const ComparedFiles& files) {
    return ranking_sentence(files, short_printable);
}

}  // namespace mnist
