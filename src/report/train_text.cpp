// Epoch lines and the summary table. Markdown, CSV and HTML are other files' work.
#include "mnist/report/train_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "mnist/report/run_groups.hpp"
#include "mnist/report/text.hpp"
#include "mnist/stats/summary.hpp"

namespace mnist {
namespace {

constexpr std::size_t kListedSeeds = 10;  // beyond this the first epochs are a range

std::string fixed(double value, int decimals) {
    return fmt::format("{:.{}f}", value, decimals);
}

/// "97.18", with several values "97.18 ± 0.05"; "-" without any.
template <class Format>
std::string mean_and_spread(const std::vector<double>& values, Format format) {
    const std::optional<Summary> summary = summarise(values);
    if (!summary) return "-";
    std::string text = format(summary->mean);
    if (summary->standard_deviation) text += " ± " + format(*summary->standard_deviation);
    return text;
}

/// "22", "7, 8, 6, -, 6"; with many seeds "5 to 9 (28 of 30)".
std::string first_epochs(const RunGroup& group) {
    if (group.runs.empty()) return "-";
    std::vector<std::string> words;
    std::vector<int> reached;
    for (const RunRecord* run : group.runs) {
        words.push_back(run->first_epoch_at_target ? fmt::to_string(*run->first_epoch_at_target) : "-");
        if (run->first_epoch_at_target) reached.push_back(*run->first_epoch_at_target);
    }
    if (words.size() <= kListedSeeds) return fmt::format("{}", fmt::join(words, ", "));
    if (reached.empty()) return fmt::format("- (0 of {})", words.size());
    const auto [least, greatest] = std::ranges::minmax_element(reached);
    return fmt::format("{} to {} ({} of {})", *least, *greatest, reached.size(), words.size());
}

/// What a reader must know about runs that did not end as planned.
std::string notes(const std::vector<RunGroup>& groups, const TrainConfig& config, bool several, int width) {
    std::string out;
    for (const RunGroup& group : groups) {
        for (const RunRecord* run : group.runs) {
            const std::size_t full = run->epochs.size();
            const std::string who = fmt::format("{}, seed {},", title(run->optimizer), run->seed);
            if (run->status == RunStatus::diverged) {
                out += wrapped(fmt::format("{} diverged: {}.{} A smaller {} may help.", who,
                                           printable(run->message.value_or("the reason was not recorded")),
                                           several ? " It is left out of the means." : "",
                                           learning_rate_flag(config, run->optimizer)),
                               width, "! ");
            } else if (run->status == RunStatus::interrupted) {
                out += wrapped(fmt::format("{} was interrupted after {} full {}.{}", who, full,
                                           full == 1 ? "epoch" : "epochs",
                                           several ? " It is left out of the means." : ""),
                               width, "! ");
            }
        }
    }
    if (several) {
        out += wrapped(
            "Mean ± sample standard deviation over the seeds (seconds: over those that reached the target); "
            "first "
            "epochs seed by seed.",
            width);
    }
    return out.empty() ? out : "\n" + out;
}

}  // namespace

std::string describe(const DatasetFacts& facts) {
    const std::string training =
        facts.train_samples > 0 ? fmt::format("{} training and ", facts.train_samples) : "";
    return fmt::format("{}, {}{} test images of {}x{} pixels in {} classes", facts.name, training,
                       facts.test_samples, facts.rows, facts.columns, facts.classes);
}

std::string epoch_line(std::size_t epoch, std::size_t epochs, const EpochRecord& record) {
    const std::string head = fmt::format("Epoch {}/{}, ", epoch, epochs);
    if (!record.train_loss) return head + "diverged: the train loss is no finite number";
    const std::string train = fmt::format("Train Loss {:.4f}, ", *record.train_loss);
    if (!record.test_loss || !record.test_accuracy)
        return head + train + "diverged: the test loss is no finite number";
    return head + train +
           fmt::format("Test Loss {:.4f}, Accuracy {:.2f}%", *record.test_loss, *record.test_accuracy);
}

std::string summary_table(const TrainResult& result, const TextStyle& style) {
    const std::vector<RunGroup> groups = run_groups(result);
    const bool several = has_several_seeds(groups);
    const std::vector<std::string> speeds = convergence_speeds(groups, result.config.epochs);
    const std::string target = fixed(result.config.target_accuracy, 2);
    const auto whole = [](double value) { return grouped(value); };
    const auto decimals = [](int digits) { return [digits](double value) { return fixed(value, digits); }; };
    std::vector<TableColumn> columns =
        columns_of(several ? "llrrrrrrr" : "lrrrrrrrr",
                   {"Optimizer", fmt::format("First Reached\nEpoch\n(>= {} %)", target), "Best\nAccuracy",
                    "Last\nAccuracy", "Last\nTrain\nLoss", "Last\nTest\nLoss", "Convergence\nSpeed",
                    "samples/s", fmt::format("Seconds\nto\n{} %", target)});
    for (std::size_t i = 0; i < groups.size(); ++i) {
        const RunGroup& group = groups[i];
        const auto spread = [&](auto member, const auto& format) {
            return mean_and_spread(values_of(group, member), format);
        };
        const auto last_loss = [&](auto member) {
            return mean_and_spread(last_epoch_values(group, member), decimals(4));
        };
        add_row(columns, {std::string(title(group.optimizer)), first_epochs(group),
                          spread(&RunRecord::best_accuracy, decimals(2)),
                          spread(&RunRecord::last_accuracy, decimals(2)), last_loss(&EpochRecord::train_loss),
                          last_loss(&EpochRecord::test_loss), speed_or_status(group, speeds[i]),
                          spread(&RunRecord::samples_per_second, whole),
                          spread(&RunRecord::seconds_to_target, decimals(2))});
    }
    return table_text(columns, style.width) + notes(groups, result.config, several, style.width);
}

}  // namespace mnist
