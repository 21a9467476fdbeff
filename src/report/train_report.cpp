// The closing part of `mnist train`: headings around the pieces. Whatever comes from files or from the
// machine is made printable here.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "accuracy_chart.hpp"
#include "mnist/report/run_groups.hpp"
#include "mnist/report/text.hpp"
#include "mnist/report/train_text.hpp"
#include "mnist/results/peak_share.hpp"
#include "mnist/stats/summary.hpp"

namespace mnist {
namespace {

std::string heading(const std::string& text, const TextStyle& style) {
    return style.colour ? fmt::format("\x1b[1m{}\x1b[0m\n", text) : text + "\n";
}

std::string counted(std::size_t n, std::string_view word) {
    return fmt::format("{} {}{}", grouped(std::uint64_t{n}), word, n == 1 ? "" : "s");
}

std::string setting(const TrainResult& result, int width) {
    const TrainConfig& config = result.config;
    std::string seeds = fmt::format("seed {}", config.seed);
    if (config.seeds > 1) seeds = fmt::format("seeds {} to {}", config.seed, config.seed + config.seeds - 1);
    if (config.precision != Precision::f32) seeds += fmt::format(", {}", name(config.precision));
    const std::string schedule = config.schedule == ScheduleKind::constant
                                     ? ""
                                     : fmt::format("{} learning rate, ", name(config.schedule));
    std::string out = wrapped(
        fmt::format("{}: {} training and {} test images; {}, batch {}, {}{}", printable(result.dataset.name),
                    grouped(result.dataset.train_samples), grouped(result.dataset.test_samples),
                    counted(config.epochs, "epoch"), config.batch_size, schedule, seeds),
        width);
    out += wrapped(fmt::format("{}: {}, {}", printable(result.label), printable(result.machine.cpu_model),
                               counted(config.threads, "thread")),
                   width);
    if (const std::string beside = side_by_side(result); !beside.empty()) out += wrapped(beside, width, "! ");
    if (result.initial_weights_sha256) {
        out += wrapped(fmt::format("Started from a stored model, weights {}, not from the seed's.",
                                   printable(result.initial_weights_sha256->substr(0, 12))),
                       width);
    }
    if (result.dataset.synthetic) {
        out += wrapped("Synthetic digits, drawn by this program: figures are not those of real MNIST.", width,
                       "! ");
    }
    if (!result.resumed.empty()) {
        const std::size_t times = result.resumed.size();
        out +=
            wrapped(fmt::format("Resumed {} from a checkpoint: {}.",
                                times == 1 ? "once" : fmt::format("{} times", times), whose_seconds(result)),
                    width, "! ");
    }
    if (result.interrupted) out += wrapped("Interrupted: this is the state so far.", width, "! ");
    return out;
}

std::string matrices(const TrainResult& result, const std::vector<RunGroup>& groups, const TextStyle& style) {
    std::string out;
    for (const RunGroup& group : groups) {
        const ConfusionMatrix matrix = summed_confusion(group);
        if (matrix.empty()) continue;
        const std::string over =
            group.counted.size() > 1 ? fmt::format(", sum over {} seeds", group.counted.size()) : "";
        out += "\n" + heading(fmt::format("Confusion of {}{}", title(group.optimizer), over), style);
        out += confusion_table(matrix, style, class_names(result.dataset, matrix.size()));
    }
    return out;
}

/// All ranks', which share a run.
std::size_t threads_of_run(const TrainResult& result) {
    if (!result.cluster) return result.config.threads;
    std::size_t threads = 0;
    for (const RankFacts& rank : result.cluster->ranks) threads += rank.threads;
    return threads;
}

/// Throughput as a share of what the same threads reach with nothing but fused multiply-adds. Those are f32,
/// so other precisions have no share.
std::string peak_shares(const TrainResult& result, const std::vector<RunGroup>& groups,
                        const TextStyle& style) {
    if (!result.fma_peak_gflops || *result.fma_peak_gflops <= 0) return {};
    const std::size_t threads = threads_of_run(result);
    const std::string who =
        threads == 1 ? "this thread reaches" : fmt::format("these {} threads reach", threads);
    std::string lines;
    for (const RunGroup& group : groups) {
        const auto throughput = summarise(values_of(group, &RunRecord::samples_per_second));
        if (!throughput) continue;
        const std::optional<double> share = peak_share(result, throughput->mean);
        std::string line = fmt::format("{}: {} samples/s", title(group.optimizer), grouped(throughput->mean));
        if (result.config.precision != Precision::f32) {
            line += fmt::format(" in {}", name(result.config.precision));
        } else if (!share) {
            line += fmt::format(
                "; no share: the peak was measured as {:.0f} GFLOP/s, less than training itself "
                "used. Run again when the machine is quiet",
                *result.fma_peak_gflops);
        } else {
            line += fmt::format(" = {:.0f} % of the {:.0f} GFLOP/s that {}", 100 * *share,
                                *result.fma_peak_gflops, who);
        }
        lines += wrapped(line, style.width, "- ");
    }
    return lines;
}

/// A cycle of learning rates is a training as a whole, so its time is that to its end, and only its end
/// counts.
std::string whole_trainings(const TrainResult& result, const std::vector<RunGroup>& groups, int width) {
    std::string lines;
    for (const RunGroup& group : groups) {
        std::vector<double> seconds;
        std::size_t reached = 0;
        for (const RunRecord* const run : group.runs) {
            if (result.config.schedule == ScheduleKind::constant || run->status != RunStatus::completed)
                continue;
            seconds.push_back(training_seconds(*run));
            if (run->last_accuracy.value_or(0) >= result.config.target_accuracy) ++reached;
        }
        const auto summary = summarise(seconds);
        if (!summary) continue;
        const std::string time =
            summary->n == 1 ? fmt::format("{:.3f} s", summary->median)
                            : fmt::format("median {:.3f} s, longest {:.3f} s", summary->median, summary->max);
        lines += wrapped(
            fmt::format("{}, training from beginning to end: {}; {} of {} ended with {:.2f} % or more",
                        title(group.optimizer), time, reached, group.runs.size(),
                        result.config.target_accuracy),
            width, "- ");
    }
    return lines;
}

/// Speeds that other programs had a part in.
std::string disturbed_runs(const TrainResult& result, int width) {
    std::size_t disturbed = 0;
    Disturbance worst;
    for (const RunRecord& run : result.runs) {
        if (!disturbed_by(run.disturbance)) continue;
        ++disturbed;
        worst = worst_of(worst, run.disturbance);
    }
    const std::optional<std::string> reason = disturbed_by(worst);
    if (!reason) return {};
    return wrapped(
        fmt::format("Disturbed runs: {} of {} (at worst, {}). Measure speed again when nothing else runs",
                    disturbed, result.runs.size(), *reason),
        width, "- ");
}

// Whose time it was, of the runs that have epochs.
std::string ranks_text(const TrainResult& result, int width) {
    if (!result.cluster) return {};
    const ClusterFacts& cluster = *result.cluster;
    std::set<std::string> hosts;
    for (const RankFacts& rank : cluster.ranks) hosts.insert(rank.host);
    std::string text =
        fmt::format("{} on {} trained together, through {}", counted(cluster.ranks.size(), "rank"),
                    counted(hosts.size(), "host"), printable(cluster.library));
    for (const RunRecord& run : result.runs) {
        if (!run.ranks) continue;
        text += fmt::format(
            "; {}, seed {}: {:.0f} % of their time in the exchange, the slowest computed {:.0f} % "
            "longer than the mean",
            title(run.optimizer), run.seed, 100 * run.ranks->exchange_share, 100 * run.ranks->imbalance);
    }
    if (cluster.idle_ranks > 0)
        text += fmt::format(". {} had no rows: a batch of {} has too few leaves, choose a larger one",
                            counted(cluster.idle_ranks, "rank"), result.config.batch_size);
    if (cluster.mixed) text += ". They differed in instructions or libraries: other ranks give other bits";
    return wrapped(text, width, "- ");
}

}  // namespace

std::string side_by_side(const TrainResult& result) {
    if (result.config.jobs < 2 || result.config.epochs == 0) return {};
    return fmt::format(
        "Up to {} runs were trained side by side, {} each{}: seconds and samples/s are of a run beside "
        "others, "
        "not of one alone.",
        result.config.jobs, counted(result.config.threads, "thread"),
        result.config.threads_auto ? ", more where cores fell idle" : "");
}

std::string whose_seconds(const TrainResult& result) {
    std::string text = "the seconds are of several processes";
    if (!processes_differ(result)) return text;
    std::vector<std::string> kinds;
    const auto add = [&](const ProcessFacts& process) {
        const std::string kind =
            fmt::format("of {} ({}){} on {}", counted(process.threads, "thread"),
                        counted(process.loader_threads, "loader thread"),
                        process.jobs > 1 ? fmt::format(" in each of {} jobs", process.jobs) : "",
                        printable(process.cpu_model));
        if (kinds.empty() || kinds.back() != kind) kinds.push_back(kind);
    };
    for (const Resumption& one : result.resumed) {
        if (one.before) add(*one.before);
    }
    add(last_process(result));
    return fmt::format("{}, {}", text, fmt::join(kinds, ", then "));
}

std::string train_report(const TrainResult& result, const TextStyle& style) {
    const std::vector<RunGroup> groups = run_groups(result);
    std::string out = "\n" + heading("Summary", style) + setting(result, style.width);
    if (result.config.epochs == 0) {
        return out + "\nNothing was trained: 0 epochs.\n";
    }
    out += "\n" + summary_table(result, style) + matrices(result, groups, style);
    const std::vector<std::string> sentences = insights(result);
    if (!sentences.empty()) out += "\n" + heading("Insights", style);
    for (const std::string& sentence : sentences) out += wrapped(sentence, style.width, "- ");
    const std::string speed = peak_shares(result, groups, style) +
                              whole_trainings(result, groups, style.width) + ranks_text(result, style.width) +
                              disturbed_runs(result, style.width);
    if (!speed.empty()) out += "\n" + heading("Speed", style) + speed;
    const std::string chart = accuracy_chart(groups, style);
    return chart.empty() ? out : out + "\n" + heading("Test accuracy, %", style) + chart;
}

}  // namespace mnist
