// The first thing that is wrong with a column does not hide the others, so that one look says all that has to
// change. A figure is spoilt where more than a quarter of the repetitions behind it were disturbed, or more
// than half of one row's: the rule for single rows (is_disturbed()) would refuse most scores of a machine
// where one repetition in twenty is disturbed, for there are many rows, and each weighs a ninth.
#include "score_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "mnist/core/parsed.hpp"

namespace mnist {
namespace {

constexpr std::string_view kCopies = "/copies:";

std::string training_row(const ScoreReference& row, const std::string& precision) {
    return fmt::format("Train/{}/batch:{}{}", label_of(row.optimizer), row.batch,
                       precision == "f32" ? "" : "/precision:" + precision);
}

/// The number behind "/copies:" that ends a name which begins with `start` and has nothing else; 0 for any
/// other name.
std::size_t copies_of(std::string_view name, std::string_view start) {
    if (!name.starts_with(start)) return 0;
    name.remove_prefix(start.size());
    if (!name.starts_with(kCopies)) return 0;
    name.remove_prefix(kCopies.size());
    constexpr std::size_t kMost = 1'000'000;
    const std::size_t copies = parsed<std::size_t>(name).value_or(0);
    return copies <= kMost ? copies : 0;
}

/// Repetitions that one figure is made of.
struct Quiet {
    std::size_t all = 0, disturbed = 0;
    void add(const MeasuredRow& row) {
        all += row.seconds.size();
        disturbed += row.disturbed;
    }
};

/// The rows of one column, found by their names. What is wrong with one is a refusal of the column.
class RowFinder {
  public:
    RowFinder(const Measurements& measured, ScoreColumn& column) : measured_(measured), column_(column) {}

    const MeasuredRow* alone(const std::string& name) {
        const MeasuredRow* const row = usable(name, [&](const std::string& other) { return other == name; });
        if (row != nullptr) speed_.add(*row);
        return row;
    }

    /// A training that missed its target took no time to it; a few such cost no score.
    const MeasuredRow* record(const std::string& name) {
        const auto missed =
            std::ranges::count_if(measured_.skipped, [&](const SkippedRow& row) { return row.name == name; });
        const MeasuredRow* const row = found([&](const std::string& other) { return other == name; });
        const std::size_t trained =
            static_cast<std::size_t>(missed) + (row == nullptr ? 0 : row->seconds.size());
        if (trained < kScoreRecords) {
            (trained == 0 ? missing_ : short_).push_back(name);
            return nullptr;
        }
        if (missed > 0) {
            const auto first = std::ranges::find_if(measured_.skipped,
                                                    [&](const SkippedRow& one) { return one.name == name; });
            const bool is_few = 4 * static_cast<std::size_t>(missed) <= trained;
            (is_few ? column_.remarks : column_.refusals)
                .push_back(fmt::format("{} of {} trainings by the record's recipe have no time to 97 %: {}",
                                       missed, trained, first->reason));
            if (!is_few) return nullptr;
        }
        if (row != nullptr) seconds_.add(*row);
        return row;
    }

    const MeasuredRow* side_by_side(const std::string& start) {
        const MeasuredRow* const row =
            usable(start + std::string(kCopies) + "N",
                   [&](const std::string& other) { return copies_of(other, start) > 0; });
        if (row == nullptr) return row;
        rate_.add(*row);
        const std::size_t copies = copies_of(row->name, start);
        if (column_.copies == 0) column_.copies = copies;
        if (copies != column_.copies)
            column_.refusals.push_back(fmt::format("{} has other copies than the {} of the rows before it",
                                                   row->name, column_.copies));
        return row;
    }

    /// Makes refusals of what was found wrong, a sentence for all rows that have the same fault.
    void refuse() {
        const auto add = [&](const std::vector<std::string>& rows, const char* before, const char* after) {
            if (rows.empty()) return;
            const std::string more = rows.size() > 1 ? fmt::format(" and {} more", rows.size() - 1) : "";
            column_.refusals.push_back(fmt::format("{}{}{}{}", before, rows.front(), more, after));
        };
        add(missing_, "it lacks ", ": measure the whole set in one call");
        for (const auto& [figure, quiet] :
             {std::pair{"speed", speed_}, {"rate", rate_}, {"seconds", seconds_}})
            if (4 * quiet.disturbed > quiet.all)
                column_.refusals.push_back(
                    fmt::format("something else ran during {} of the {} repetitions behind the {}, more "
                                "than a quarter: measure again when nothing else runs",
                                quiet.disturbed, quiet.all, figure));
        add(disturbed_, "something else ran during more than half of the repetitions of ",
            ": measure again when nothing else runs");
        add(short_, "",
            fmt::format(": other repetitions than the set's {}, the same of every row: measure "
                        "again and let it end",
                        kScoreRepetitions)
                .c_str());
    }

  private:
    template <class Matches>
    [[nodiscard]] const MeasuredRow* found(Matches matches) const {
        const auto row =
            std::ranges::find_if(measured_.rows, [&](const MeasuredRow& one) { return matches(one.name); });
        return row == measured_.rows.end() ? nullptr : &*row;
    }

    template <class Matches>
    const MeasuredRow* usable(const std::string& name, Matches matches) {
        const auto failed =
            std::ranges::find_if(measured_.skipped, [&](const SkippedRow& row) { return matches(row.name); });
        if (failed != measured_.skipped.end()) {
            column_.refusals.push_back(fmt::format("{} {}", failed->name, failed->reason));
            return nullptr;
        }
        const MeasuredRow* const row = found(matches);
        if (row == nullptr) {
            missing_.push_back(name);
            return row;
        }
        if (2 * row->disturbed > row->seconds.size()) disturbed_.push_back(row->name);
        if (repetitions_ == 0) repetitions_ = row->seconds.size();
        if (row->seconds.size() < kScoreRepetitions || row->seconds.size() != repetitions_)
            short_.push_back(row->name);
        return row;
    }

    const Measurements& measured_;
    ScoreColumn& column_;
    std::size_t repetitions_ = 0;
    Quiet speed_, rate_, seconds_;
    std::vector<std::string> missing_, disturbed_, short_;
};

}  // namespace

ScoreRows score_rows(const Measurements& measured, std::span<const ScoreReference> reference,
                     ScoreColumn& column) {
    RowFinder finder(measured, column);
    ScoreRows rows;
    for (const ScoreReference& row : reference) {
        rows.alone.push_back(finder.alone(training_row(row, column.precision)));
        rows.side_by_side.push_back(finder.side_by_side(training_row(row, column.precision)));
    }
    rows.record = finder.record("TimeToAccuracy/Record" +
                                (column.precision == "f32" ? "" : "/precision:" + column.precision));
    finder.refuse();
    return rows;
}

}  // namespace mnist
