// Sums, maxima and medians.
#include "scaling_model.hpp"

#include <algorithm>

#include "mnist/stats/summary.hpp"

namespace mnist::bench {
namespace {

constexpr std::size_t kWarmUp = 2;

double ratio(std::size_t a, std::size_t b) {
    return static_cast<double>(a) / static_cast<double>(b);
}

std::size_t in_shares(std::size_t of, std::size_t workers) {
    return (of + workers - 1) / workers;
}

}  // namespace

double longest_share(const PhaseShares& phase) {
    std::vector<double> ends = phase.own_s;
    for (const double item_s : phase.anyones_s) *std::ranges::min_element(ends) += item_s;
    return *std::ranges::max_element(ends);
}

// The epoch begins with a phase that no later step has, and its last step may lack its last.
void ShareSamples::add(std::size_t worker, std::size_t steps, const std::vector<PhaseTimes>& log) {
    const std::size_t of_step = in_shares(log.size() - 1, steps);
    phases_.resize(of_step);
    for (std::size_t at = 1 + kWarmUp * of_step; at < 1 + (steps - 1) * of_step; ++at) {
        Phase& phase = phases_[(at - 1) % of_step];
        const PhaseTimes& times = log[at];
        phase.items = times.items;
        phase.own.resize(workers_);
        phase.own[worker].push_back(times.own_s);
        for (std::size_t k = 0; k < times.anyones.size(); ++k) {
            const std::size_t item = worker + k * workers_;
            phase.anyones.resize(std::max(phase.anyones.size(), item + 1));
            phase.anyones[item].push_back(times.anyones[k]);
        }
    }
}

std::vector<PhaseShares> ShareSamples::medians() const {
    std::vector<PhaseShares> all;
    for (const Phase& phase : phases_) {
        PhaseShares& shares = all.emplace_back(PhaseShares{.items = phase.items});
        for (const auto& samples : phase.own) shares.own_s.push_back(median(samples).value_or(0));
        for (const auto& samples : phase.anyones) shares.anyones_s.push_back(median(samples).value_or(0));
    }
    return all;
}

double gate_seconds(const GateCost& cost, std::size_t items, std::size_t workers) {
    if (workers == 1) return 0;
    return cost.base_s + cost.item_s * static_cast<double>(std::max(items, workers));
}

StepPhases step_phases(const BatchCut& cut, std::size_t shards, std::size_t phases) {
    const std::size_t turns = cut.groups_of_leaf() * in_shares(cut.leaves(), shards);
    return {
        .shards = shards, .turns = turns, .joins = phases == 2 * turns + 2, .forward = phases > 2 * turns};
}

double lines_read(const std::vector<LayerPlan>& layers, const BatchCut& cut, const StepPhases& step,
                  std::size_t workers) {
    if (workers == 1) return 0;
    const LayerPlan& first = layers.front();
    const double others = 1 - ratio(1, workers);  // of what all have in equal parts
    std::size_t most_rows = 0;
    std::size_t fewest_rows = 0;
    for (std::size_t g = 0; g < cut.groups(); g += step.shards) {
        const std::size_t blocks = cut.blocks_of(g, step.shards);
        most_rows += std::min(cut.rows_of(g, step.shards), in_shares(blocks, workers) * cut.block);
        fewest_rows += blocks / workers * cut.block;
    }
    const double line_of_row = ratio(first.out_padded, kLane);
    double lines = static_cast<double>(most_rows * first.chains()) * line_of_row * others;
    for (std::size_t l = 1; l < layers.size(); ++l) lines += ratio(layers[l].weight_floats(), kLane) * others;
    if (step.joins) {
        const std::size_t mine = std::min(step.shards, in_shares(first.chains() * step.shards, workers));
        lines += ratio(cut.rows * mine, step.shards) * line_of_row * others;
        lines += ratio((step.shards - 1) * first.weight_floats(), kLane * workers);
    } else {
        lines += static_cast<double>(cut.rows - std::min(cut.rows, fewest_rows)) * line_of_row;
    }
    if (step.forward) {
        const std::size_t panels = first.chains() * first.panels() * step.shards;
        const std::size_t tiles = cut.tiles_of(0);
        const std::size_t mine = in_shares(in_shares(panels * tiles, workers), tiles);
        lines += static_cast<double>(std::min(mine, first.panels())) *
                 ratio(first.widest_chain() * first.panel_width, kLane) * others;
    }
    return lines;
}

Prediction predict_step(const std::vector<PhaseShares>& phases, const StepPhases& step, std::size_t workers,
                        const GateCost& gate, double lines, double line_s) {
    Prediction prediction;
    for (std::size_t p = 0; p < phases.size(); ++p) {
        const bool forward = step.forward && p + 1 == phases.size();
        const std::size_t kind = p < 2 * step.turns ? p % 2 : forward ? 2 : 1;
        prediction.shares_s.at(kind) += longest_share(phases[p]);
        prediction.gates_s += gate_seconds(gate, phases[p].items, workers);
    }
    prediction.lines_s = workers == 1 ? 0 : lines * line_s;
    return prediction;
}

}  // namespace mnist::bench
