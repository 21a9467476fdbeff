// Grouping and ranking only; statistics are in the room of that name, wording in the formats.
#include "mnist/report/run_groups.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "mnist/core/datasets.hpp"

namespace mnist {
namespace {

RunGroup& group_of(std::vector<RunGroup>& groups, OptimizerKind kind) {
    const auto found = std::ranges::find_if(groups, [&](const RunGroup& g) { return g.optimizer == kind; });
    if (found != groups.end()) return *found;
    groups.push_back({.optimizer = kind, .runs = {}, .counted = {}});
    return groups.back();
}

/// Mean first epoch, empty where no seed reached the target. What was interrupted before it reached the
/// target tells nothing.
std::optional<double> mean_first_epoch(const RunGroup& group, std::size_t epochs) {
    double sum = 0;
    std::size_t n = 0;
    bool reached = false;
    for (const RunRecord* run : group.runs) {
        if (!run->first_epoch_at_target && run->status == RunStatus::interrupted) continue;
        reached = reached || run->first_epoch_at_target.has_value();
        sum += run->first_epoch_at_target ? *run->first_epoch_at_target : static_cast<double>(epochs) + 1;
        ++n;
    }
    if (!reached) return std::nullopt;
    return sum / static_cast<double>(n);
}

}  // namespace

std::vector<RunGroup> run_groups(const TrainResult& result) {
    std::vector<RunGroup> groups;
    for (const OptimizerKind kind : result.config.optimizers) group_of(groups, kind);
    for (const RunRecord& run : result.runs) group_of(groups, run.optimizer).runs.push_back(&run);
    for (RunGroup& group : groups) {
        std::copy_if(group.runs.begin(), group.runs.end(), std::back_inserter(group.counted),
                     [](const RunRecord* run) { return run->status == RunStatus::completed; });
        if (group.runs.size() == 1) group.counted = group.runs;
    }
    return groups;
}

std::string title_of(const RunGroup& group) {
    return std::string(title(group.optimizer));
}

bool has_several_seeds(const std::vector<RunGroup>& groups) {
    return std::ranges::any_of(groups, [](const RunGroup& group) { return group.runs.size() > 1; });
}

std::vector<double> values_of(const RunGroup& group, std::optional<double> RunRecord::*member) {
    std::vector<double> values;
    for (const RunRecord* run : group.counted) {
        if (run->*member) values.push_back(*(run->*member));
    }
    return values;
}

std::vector<double> last_epoch_values(const RunGroup& group, std::optional<double> EpochRecord::*member) {
    std::vector<double> values;
    for (const RunRecord* run : group.counted) {
        if (!run->epochs.empty() && run->epochs.back().*member)
            values.push_back(*(run->epochs.back().*member));
    }
    return values;
}

ConfusionMatrix summed_confusion(const RunGroup& group) {
    ConfusionMatrix sum;
    for (const RunRecord* run : group.counted) {
        const ConfusionMatrix& matrix = run->confusion_matrix;
        if (sum.empty()) {
            sum = matrix;
        } else if (matrix.size() == sum.size()) {
            for (std::size_t i = 0; i < sum.size(); ++i) {
                for (std::size_t j = 0; j < sum[i].size(); ++j) sum[i][j] += matrix[i].at(j);
            }
        }
    }
    return sum;
}

std::vector<std::string> convergence_speeds(const std::vector<RunGroup>& groups, std::size_t epochs) {
    std::vector<std::optional<double>> means;
    std::set<double> ranks;
    bool all_reached = true;
    for (const RunGroup& group : groups) {
        means.push_back(mean_first_epoch(group, epochs));
        if (means.back()) {
            ranks.insert(*means.back());
        } else {
            all_reached = false;
        }
    }
    std::vector<std::string> words;
    for (const std::optional<double>& mean : means) {
        if (!mean || groups.size() < 2) {
            words.emplace_back("-");
        } else if (ranks.size() == 1 && all_reached) {
            words.emplace_back("Equal");
        } else if (*mean == *ranks.begin()) {
            words.emplace_back("Fastest");
        } else {
            words.emplace_back(all_reached && *mean == *ranks.rbegin() ? "Slow" : "Faster");
        }
    }
    return words;
}

std::string speed_or_status(const RunGroup& group, const std::string& speed) {
    if (group.runs.empty()) return "not run";
    if (group.runs.size() > 1 || group.runs.front()->status == RunStatus::completed) return speed;
    return group.runs.front()->status == RunStatus::diverged ? "diverged" : "interrupted";
}

std::vector<std::string> class_names(const DatasetFacts& dataset, std::size_t classes) {
    for (const DatasetRow& row : kDatasets) {
        if (row.word == dataset.name && !row.class_names.front().empty() && classes == row.class_names.size())
            return {row.class_names.begin(), row.class_names.end()};
    }
    std::vector<std::string> numbers;
    numbers.reserve(classes);
    for (std::size_t i = 0; i < classes; ++i) numbers.push_back(fmt::to_string(i));
    return numbers;
}

}  // namespace mnist
